using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Probes;

/// <summary>What nginx does in a request, which its own functions tell when that is asked for.</summary>
public sealed class PhaseTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private static readonly long SlackNs = Emulation.Allow(20_000_000);

    private static readonly int[] Waits = [20, 160, 90, 230];

    [Fact]
    public void Phases_are_spans_of_the_request()
    {
        const int Requests = 10;
        using LatmonTrace latmon = LatmonTrace.OfPort(shared.Server.Port, "--probes", "nginx");
        using HttpConnection connection = HttpConnection.Open(shared.Server.Port);
        for (int i = 0; i < Requests; i++)
        {
            connection.Ask(HttpText.Get("/files/small.txt"));
        }

        TraceRun run = latmon.Finish(Requests);
        Assert.All(run.Traces, request => Assert.Single(request.SpanNames, "handle"));
    }

    /// <summary>From before the call until its answer is passed on: around the call, and not much longer.</summary>
    [Fact]
    public void Turning_to_another_server_is_a_span_around_the_call()
    {
        using DelayServer upstream = DelayServer.Start(DelayPlan.None);
        using NginxProxy proxy = NginxProxy.To(upstream.Port);
        using LatmonTrace latmon = LatmonTrace.OfPort(proxy.Port, "--probes", "nginx");
        using HttpConnection connection = HttpConnection.Open(proxy.Port);
        foreach (int wait in Waits)
        {
            connection.Ask(HttpText.Get($"/wait/{wait}"));
        }

        // The asking process is the one behind the proxy too: its own requests may be what it asks for, so the traces wait.
        TraceRun run = latmon.Stop();
        Assert.Equal(Waits.Length, run.Traces.Count);
        Assert.All(run.Traces, CheckAround);
    }

    /// <summary>nginx has one thread for all of them: only the request that its functions are given tells the spans apart.</summary>
    [Fact]
    public async Task Requests_at_once_have_their_own()
    {
        using DelayServer upstream = DelayServer.Start(DelayPlan.None);
        using NginxProxy proxy = NginxProxy.To(upstream.Port);
        using LatmonTrace latmon = LatmonTrace.OfPort(proxy.Port, "--probes", "nginx");
        await Task.WhenAll(Waits.Select(wait => Task.Run(() =>
        {
            using HttpConnection connection = HttpConnection.Open(proxy.Port);
            connection.Ask(HttpText.Get($"/wait/{wait}"));
        })));
        TraceRun run = latmon.Stop();
        Assert.Equal(Waits.Length, run.Traces.Count);
        Assert.All(run.Traces, CheckAround);
        Assert.All(run.Traces, request => Assert.Equal(["handle", "phases", "upstream"], request.SpanNames));
    }

    private static void CheckAround(TraceLine request)
    {
        TraceLine call = Assert.Single(request.Children);
        SpanLine span = Assert.Single(request.Spans, span => span.Name == "upstream");
        long start = request.StartUnixNs + span.OffsetNs;
        Assert.True(start <= call.StartUnixNs && start + span.DurationNs >= call.EndUnixNs, request.Text);
        Assert.InRange(span.DurationNs - call.DurationNs, 0, SlackNs);
    }

    [Fact]
    public void Unasked_they_are_left_out()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(shared.Server.Port);
        using HttpConnection connection = HttpConnection.Open(shared.Server.Port);
        connection.Ask(HttpText.Get("/files/small.txt"));
        Assert.Empty(latmon.Finish(1).Only.Spans);
    }
}
