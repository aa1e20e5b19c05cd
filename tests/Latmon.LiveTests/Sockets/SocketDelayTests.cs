using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Delays;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Sockets;

/// <summary>A delay in a call over AF_UNIX is in its own layer, of the call and of its other end, and nowhere else.</summary>
public sealed class SocketDelayTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public void A_request_that_is_not_picked_up_waits_in_the_servers_socket()
    {
        Call call = Ask(new DelayPlan { BeforeRead = TimeSpan.FromMilliseconds(100) }, lateBy: TimeSpan.Zero);
        LayerTolerance.Check(call.Server, "sock.wait", TimeBracket.SocketWait(call.ClientTruth, call.ServerTruth), call.ClientTruth);
        LayerTolerance.Check(call.Client, "remote", Remote(call), call.ClientTruth);
    }

    [Fact]
    public void A_handler_that_sleeps_is_the_applications_time()
    {
        Call call = Ask(new DelayPlan { BeforeAnswer = TimeSpan.FromMilliseconds(50) }, lateBy: TimeSpan.Zero);
        LayerTolerance.Check(call.Server, "app", TimeBracket.Application(call.ClientTruth, call.ServerTruth), call.ClientTruth);
        LayerTolerance.Check(call.Client, "remote", Remote(call), call.ClientTruth);
    }

    [Fact]
    public void An_answer_in_two_pieces_is_written_and_downloaded_between_them()
    {
        Call call = Ask(new DelayPlan { InTheBody = TimeSpan.FromMilliseconds(20) }, lateBy: TimeSpan.Zero);
        LayerTolerance.Check(call.Server, "response.write", TimeBracket.ResponseWrite(call.ServerTruth), call.ClientTruth);
        LayerTolerance.Check(call.Client, "response.download", TimeBracket.ResponseWrite(call.ServerTruth), call.ClientTruth);
    }

    [Fact]
    public void A_reply_that_is_read_late_waited_in_the_callers_socket()
    {
        Call call = Ask(DelayPlan.None, lateBy: TimeSpan.FromMilliseconds(30));
        TimeBracket truth = new(
            call.ClientTruth.ReadStarted - call.ClientTruth.ReplySeen,
            call.ClientTruth.LastByteReceived - call.ServerTruth.LastWriteEntered);
        LayerTolerance.Check(call.Client, "sock.wait", truth, call.ClientTruth);
        Assert.InRange(
            call.Server.DurationNs, 0, call.ServerTruth.LastWriteReturned - call.ClientTruth.FirstSendEntered + TraceInvariants.ClockToleranceNs);
    }

    public void Dispose() => _directory.Dispose();

    private static TimeBracket Remote(Call call) => new(
        call.ServerTruth.FirstWriteEntered - call.ClientTruth.LastSendReturned,
        call.ServerTruth.FirstWriteReturned - call.ClientTruth.LastSendEntered);

    private Call Ask(DelayPlan plan, TimeSpan lateBy)
    {
        using DelayServer upstream = DelayServer.Start(new UnixDomainSocketEndPoint(_directory["up.sock"]), plan);
        using CallingServer app = CallingServer.Start(upstream.Address, lateBy);
        using LatmonTrace latmon = LatmonTrace.OfPort(app.Port);
        using HttpConnection connection = HttpConnection.Open(app.Port);
        Assert.Equal(204, connection.Ask(HttpText.Get("/called")).Status);
        TraceRun run = latmon.Stop();
        Assert.Equal(0, run.Count.Lost);
        TraceLine call = Assert.Single(run.Only.Children);
        TraceLine server = Assert.Single(call.Children);
        Assert.Equal(("client", "GET /called 200", "unix", true), (call.Role, call.Summary, call.Family, call.Complete));
        Assert.Equal(("server", "GET /called 200", "unix", true), (server.Role, server.Summary, server.Family, server.Complete));
        return new Call(call, server, app.NextCall(), upstream.Next());
    }

    private sealed record Call(TraceLine Client, TraceLine Server, ClientMoments ClientTruth, ServerMoments ServerTruth);
}
