using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Delays;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Calls;

/// <summary>A delay in a call is in its own layer of the call, and nowhere else.</summary>
public sealed class CallDelayTests
{
    [Fact]
    public void An_answer_that_comes_late_is_the_remote_ends_time()
    {
        using DelayServer upstream = DelayServer.Start(new DelayPlan { BeforeAnswer = TimeSpan.FromMilliseconds(50) });
        (TraceLine call, ClientMoments client) = Call(upstream, lateBy: TimeSpan.Zero);
        ServerMoments server = upstream.Next();
        TimeBracket truth = new(
            server.FirstWriteEntered - client.LastSendReturned, server.FirstWriteReturned - client.LastSendEntered);
        Assert.InRange(truth.ShortestNs, 50_000_000, truth.LongestNs);
        LayerTolerance.Check(call, "remote", truth, client);
    }

    [Fact]
    public void A_reply_that_is_read_late_waited_in_the_callers_socket()
    {
        using DelayServer upstream = DelayServer.Start(DelayPlan.None);
        (TraceLine call, ClientMoments client) = Call(upstream, lateBy: TimeSpan.FromMilliseconds(30));
        ServerMoments server = upstream.Next();
        TimeBracket truth = new(client.ReadStarted - client.ReplySeen, client.LastByteReceived - server.LastWriteEntered);
        Assert.InRange(truth.ShortestNs, 30_000_000, truth.LongestNs);
        LayerTolerance.Check(call, "sock.wait", truth, client);
    }

    [Fact]
    public void An_answer_in_two_pieces_is_download_between_them()
    {
        using DelayServer upstream = DelayServer.Start(new DelayPlan { InTheBody = TimeSpan.FromMilliseconds(20) });
        (TraceLine call, ClientMoments client) = Call(upstream, lateBy: TimeSpan.Zero);
        LayerTolerance.Check(call, "response.download", TimeBracket.ResponseWrite(upstream.Next()), client);
    }

    [Fact]
    public void An_answer_to_a_caller_that_has_closed_its_own_direction_is_an_answer()
    {
        const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        using ManualResetEventSlim read = new();
        using SocketServer upstream = SocketServer.Start(connection =>
        {
            _ = new HttpRequestReader(connection).Read();
            Assert.Equal(0, connection.Receive(new byte[1]));
            connection.Send(System.Text.Encoding.ASCII.GetBytes(Answer));
            read.Wait(Deadline.Usual);
        });
        using CallingServer app = CallingServer.Start(upstream.Port, TimeSpan.Zero, saysGoodbye: true);
        using LatmonTrace latmon = LatmonTrace.OfPort(app.Port);
        using HttpConnection connection = HttpConnection.Open(app.Port);
        Assert.Equal(204, connection.Ask(HttpText.Get("/called")).Status);
        read.Set();
        TraceLine call = Assert.Single(latmon.Stop().Calls);
        Assert.Equal(("GET /called 200", Answer.Length, true), (call.Summary, (int)call.ResponseBytes, call.Complete));
        Assert.Equal("unavailable", call.Layers.Single(layer => layer.Layer == "remote").Evidence);
    }

    private static (TraceLine Call, ClientMoments Client) Call(DelayServer upstream, TimeSpan lateBy)
    {
        using CallingServer app = CallingServer.Start(upstream.Port, lateBy);
        using LatmonTrace latmon = LatmonTrace.OfPort(app.Port);
        using HttpConnection connection = HttpConnection.Open(app.Port);
        Assert.Equal(204, connection.Ask(HttpText.Get("/called")).Status);
        TraceRun run = latmon.Stop();
        Assert.Equal(0, run.Count.Lost);
        TraceLine call = Assert.Single(run.Calls);
        Assert.Equal(("GET /called 200", Environment.ProcessId, true), (call.Summary, call.Pid, call.Complete));
        return (call, app.NextCall());
    }
}
