using System.Net;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Connections;

/// <summary>Every request once, however the requests are spread over connections.</summary>
public sealed class KeepAliveTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    // A prime number: a count that is off by a batch or doubled cannot come out the same.
    private const int Requests = 97;

    private readonly NginxServer _nginx = shared.Server;

    [Fact]
    public void Requests_on_one_connection_are_counted_each()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        for (int i = 0; i < Requests; i++)
        {
            connection.Ask(HttpText.Get($"/ok/{i}"));
        }

        TraceRun run = latmon.Finish(Requests);
        Assert.Equal(Enumerable.Range(0, Requests).Select(i => $"GET /ok/{i} 200"), run.Summaries);
        Assert.All(run.Traces, trace => Assert.Equal(connection.LocalAddress, trace.Remote));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Requests_on_new_connections_are_counted_each(bool serverCloses)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        for (int i = 0; i < Requests; i++)
        {
            using HttpConnection connection = HttpConnection.Open(_nginx.Port);
            connection.Ask(HttpText.Get($"/ok/{i}", serverCloses ? "Connection: close" : "Accept: */*"));
            Assert.True(!serverCloses || connection.IsAtEnd());
        }

        IEnumerable<string?> paths = latmon.Finish(Requests).Paths;
        Assert.Equal(Enumerable.Range(0, Requests).Select(i => $"/ok/{i}").Order(), paths.Order());
    }

    [Theory]
    [InlineData("GET /ok/old HTTP/1.0\r\n\r\n", "GET /ok/old 200")]
    [InlineData("GET /ok/old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /ok/old 200")]
    public void An_HTTP_1_0_request_is_a_request(string request, string summary)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(System.Text.Encoding.ASCII.GetBytes(request));
        connection.Dispose();
        Assert.Equal(summary, latmon.Finish(1).Only.Summary);
    }

    [Fact]
    public void IPv6_is_seen_like_IPv4()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection six = HttpConnection.Open(new IPEndPoint(IPAddress.IPv6Loopback, _nginx.Port));
        using HttpConnection four = HttpConnection.Open(_nginx.Port);
        six.Ask(HttpText.Get("/ok/six"));
        four.Ask(HttpText.Get("/ok/four"));
        six.Ask(HttpText.Get("/missing/six"));

        TraceRun run = latmon.Finish(3).ByStart;
        Assert.Equal(["GET /ok/six 200", "GET /ok/four 200", "GET /missing/six 404"], run.Summaries);
        Assert.Equal(["ipv6", "ipv4", "ipv6"], run.Traces.Select(trace => trace.Family));
        Assert.Equal($"[::1]:{_nginx.Port}", run.Traces[0].Local);
        Assert.Equal(six.LocalAddress, run.Traces[0].Remote);
    }

    [Fact]
    public void Many_connections_at_once_do_not_mix()
    {
        const int Connections = 31;
        const int Rounds = 7;
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        HttpConnection[] connections = [.. Enumerable.Range(0, Connections).Select(_ => HttpConnection.Open(_nginx.Port))];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < Connections; i++)
            {
                connections[i].Send(HttpText.Get($"/ok/{i}/{round}"));
            }

            Array.ForEach(connections, connection => connection.ReadReply());
        }

        TraceRun run = latmon.Finish(Connections * Rounds);
        for (int i = 0; i < Connections; i++)
        {
            IEnumerable<string?> paths = run.Traces.Where(trace => trace.Remote == connections[i].LocalAddress).Select(trace => trace.UrlPath);
            Assert.Equal(Enumerable.Range(0, Rounds).Select(round => $"/ok/{i}/{round}"), paths);
            connections[i].Dispose();
        }
    }
}
