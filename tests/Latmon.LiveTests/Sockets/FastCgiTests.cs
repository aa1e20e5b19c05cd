using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Sockets;

/// <summary>nginx → PHP over a socket: a protocol that latmon does not read is a call all the same, timed at both ends.</summary>
public sealed class FastCgiTests
{
    [Fact]
    public void A_request_that_php_answers_is_one_trace_and_php_has_its_time()
    {
        int[] waits = [0, 50, 0, 20, 120, 0, 35, 0];
        using PhpServer php = PhpServer.Start();
        using NginxProxy nginx = NginxProxy.ToFastCgi(php.SocketPath, php.Script);
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        long[] tookNs = [.. waits.Select(ms => Took(connection, ms))];
        IReadOnlyList<TraceLine> traces = latmon.Finish(waits.Length).Traces;
        for (int i = 0; i < waits.Length; i++)
        {
            Assert.Equal($"/sleep/{waits[i]}", traces[i].UrlPath);
            TraceLine call = Assert.Single(traces[i].Children);
            TraceLine answer = Assert.Single(call.Children);
            Assert.Equal(("client", "unix", "nginx"), (call.Role, call.Protocol, call.Comm));
            Assert.Equal(("server", "unix"), (answer.Role, answer.Protocol));
            Assert.StartsWith("php-fpm", answer.Comm, StringComparison.Ordinal);
            Assert.Equal(php.SocketPath, answer.Local);
            Assert.InRange(answer.LayerNs("app"), waits[i] * 1_000_000L, tookNs[i]);
            Assert.InRange(call.LayerNs("remote"), answer.LayerNs("app"), tookNs[i]);
        }
    }

    [Fact]
    public void No_request_of_many_at_once_has_anothers_call()
    {
        const int Requests = 1000;
        using PhpServer php = PhpServer.Start();
        using NginxProxy nginx = NginxProxy.ToFastCgi(php.SocketPath, php.Script);
        PacedClients clients = new(nginx.Port, connections: 8, perSecond: 300);
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        clients.Run(Requests, i => HttpText.Get($"/sleep/{i % 3}"), _ => 200);
        TraceRun run = latmon.Stop();
        Assert.Equal((Requests, 0L), (run.Traces.Count, run.Count.Lost));
        TraceLine[] whole = [.. run.Traces.Where(trace => trace.Children is [{ Children: [{ Role: "server" }] }])];
        Assert.InRange(whole.Length, Requests * 99 / 100, Requests);
        // What it slept is in its path: a shorter call would be another's.
        Assert.All(whole, trace => Assert.True(
            trace.Children[0].Children[0].LayerNs("app") >= (trace.UrlPath![^1] - '0') * 1_000_000L, trace.Text));
    }

    private static long Took(HttpConnection connection, int ms)
    {
        long start = Moment.Now;
        Assert.Equal(200, connection.Ask(HttpText.Get($"/sleep/{ms}")).Status);
        return Moment.Now - start;
    }
}
