using System.Net;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Connections;

/// <summary>latmon is started when something is slow, that is, in the middle of everything.</summary>
public sealed class AttachTests
{
    [Fact]
    public void A_connection_older_than_latmon_is_seen_from_its_next_request_on()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection used = HttpConnection.Open(nginx.Port);
        using HttpConnection unused = HttpConnection.Open(nginx.Port);
        using HttpConnection six = HttpConnection.Open(new IPEndPoint(IPAddress.IPv6Loopback, nginx.Port));
        used.Ask(HttpText.Get("/ok/before"));
        six.Ask(HttpText.Get("/ok/before"));

        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        used.Ask(HttpText.Get("/ok/used"));
        unused.Ask(HttpText.Get("/ok/unused"));
        six.Ask(HttpText.Get("/ok/six"));
        used.Ask(HttpText.Get("/ok/again"));
        Assert.Equal(["/ok/used", "/ok/unused", "/ok/six", "/ok/again"], latmon.Finish(4).ByStart.Paths);
    }

    [Fact]
    public void Connections_that_are_busy_while_latmon_comes_are_seen()
    {
        using DelayServer server = DelayServer.Start(IPAddress.Loopback, FreePort.OfClientRange(), DelayPlan.None);
        using ManualResetEventSlim watching = new();
        Thread[] clients = [.. Enumerable.Range(0, 4).Select(number => new Thread(() => AskUntil(watching, server.Port, number)))];
        Array.ForEach(clients, client => client.Start());

        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port, "--path", "/after/*");
        watching.Set();
        Array.ForEach(clients, client => client.Join());
        Assert.Equal(clients.Length, latmon.Finish(clients.Length).Traces.Select(trace => trace.UrlPath).Distinct().Count());
    }

    [Fact]
    public void The_application_time_of_an_old_connection_is_as_right_as_that_of_a_new_one()
    {
        using DelayServer server = DelayServer.Start(DelayPlan.None);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        connection.Ask(HttpText.Get("/before"));

        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        connection.Ask(HttpText.Get("/wait/50"));
        TraceLine trace = latmon.Finish(1).Only;
        Assert.InRange(trace.LayerNs("app"), 50_000_000, trace.DurationNs);
        Assert.Equal(Environment.ProcessId, trace.Pid);
    }

    [Fact]
    public void A_request_that_was_being_answered_at_the_start_does_not_confuse_the_next()
    {
        using DelayServer server = DelayServer.Start(DelayPlan.None);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        connection.Send(HttpText.Get("/wait/700"));

        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        connection.ReadReply();
        connection.Ask(HttpText.Get("/after"));
        latmon.WaitFor(1);
        connection.Dispose();

        // Half an exchange may be reported as such, but not as a whole one and not in place of the next.
        IReadOnlyList<TraceLine> traces = latmon.Stop().Traces;
        Assert.Equal("GET /after 200", traces[^1].Summary);
        Assert.All(traces.SkipLast(1), trace => Assert.False(trace.Complete, trace.Text));
    }

    [Fact]
    public void A_connection_whose_listener_is_gone_is_still_seen_from_the_server_end()
    {
        using DelayServer server = DelayServer.Start(DelayPlan.None);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        connection.Ask(HttpText.Get("/before"));
        server.StopListening();

        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        connection.Ask(HttpText.Get("/orphaned"));
        Assert.Equal("GET /orphaned 200", latmon.Finish(1).Only.Summary);
    }

    [Fact]
    public void A_server_started_after_latmon_is_seen()
    {
        int port = FreePort.Next();
        using LatmonTrace latmon = LatmonTrace.OfPort(port);
        using NginxServer nginx = NginxServer.Start(port);
        using HttpConnection connection = HttpConnection.Open(port);
        connection.Ask(HttpText.Get("/ok/late"));
        Assert.Equal("GET /ok/late 200", latmon.Finish(1).Only.Summary);
    }

    [Fact]
    public void Latmon_can_be_started_and_ended_again_and_again()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        for (int i = 0; i < 5; i++)
        {
            connection.Ask(HttpText.Get("/ok/unseen"));
            using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
            connection.Ask(HttpText.Get($"/ok/{i}"));
            Assert.Equal($"/ok/{i}", latmon.Finish(1).Only.UrlPath);
        }
    }

    private static void AskUntil(ManualResetEventSlim watching, int port, int number)
    {
        using HttpConnection connection = HttpConnection.Open(port);
        while (!watching.IsSet)
        {
            connection.Ask(HttpText.Get("/busy"));
        }

        connection.Ask(HttpText.Get($"/after/{number}"));
    }
}
