using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Selection;

public sealed class PortFilterTests
{
    [Fact]
    public void Traffic_of_another_port_never_appears()
    {
        using NginxServer watched = NginxServer.Start();
        using NginxServer other = NginxServer.Start();
        using LatmonTrace latmon = LatmonTrace.OfPort(watched.Port);
        using HttpConnection there = HttpConnection.Open(other.Port);
        using HttpConnection here = HttpConnection.Open(watched.Port);
        for (int i = 0; i < 20; i++)
        {
            there.Ask(HttpText.Get("/ok/there"));
            here.Ask(HttpText.Get("/ok/here"));
        }

        Assert.All(latmon.Finish(20).Paths, path => Assert.Equal("/ok/here", path));
    }

    [Fact]
    public void A_client_port_of_the_same_number_is_not_the_watched_port()
    {
        using NginxServer server = NginxServer.Start();
        int clientPort = Machine.FreePort.Next();
        using LatmonTrace latmon = LatmonTrace.OfPort(clientPort);
        using (HttpConnection connection = HttpConnection.Open(
            new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, server.Port),
            socket => socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, clientPort))))
        {
            connection.Ask(HttpText.Get("/ok/from/the/watched/port"));
        }

        Assert.Empty(latmon.Stop().Traces);
    }

    [Fact]
    public void Several_ports_can_be_watched_at_once()
    {
        using NginxServer first = NginxServer.Start();
        using NginxServer second = NginxServer.Start();
        using LatmonTrace latmon = LatmonTrace.OfPort(
            first.Port, "--port", second.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using HttpConnection one = HttpConnection.Open(first.Port);
        using HttpConnection two = HttpConnection.Open(second.Port);
        one.Ask(HttpText.Get("/ok/one"));
        two.Ask(HttpText.Get("/ok/two"));
        Assert.Equal(["/ok/one", "/ok/two"], latmon.Finish(2).ByStart.Paths);
    }

    [Fact]
    public void Two_latmons_at_once_both_see_everything()
    {
        using NginxServer nginx = NginxServer.Start();
        using LatmonTrace first = LatmonTrace.OfPort(nginx.Port);
        using LatmonTrace second = LatmonTrace.OfPort(nginx.Port);
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        for (int i = 0; i < 11; i++)
        {
            connection.Ask(HttpText.Get($"/ok/{i}"));
        }

        IEnumerable<string> expected = Enumerable.Range(0, 11).Select(i => $"GET /ok/{i} 200");
        Assert.Equal(expected, first.Finish(11).Summaries);
        connection.Ask(HttpText.Get("/ok/11"));
        Assert.Equal(expected.Append("GET /ok/11 200"), second.Finish(12).Summaries);
    }
}
