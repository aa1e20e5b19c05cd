using System.Globalization;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>Simulated processes of which it is known which request caused which call: how many come under the right one.</summary>
public sealed class AttributionTruthTests
{
    private const int Seed = 5150;
    private const int Requests = 20_000;

    /// <summary>Enough where what is learned at the beginning is not the question.</summary>
    private const int FewRequests = 6000;
    private const int Pid = 1000;

    [Theory]
    [InlineData(false, 16, 0.0, 0)]
    [InlineData(true, 16, 0.0, 2)]
    [InlineData(false, 1, 0.0, 1)]
    [InlineData(true, 64, 0.0, 0)]
    public void A_thread_per_request(bool newThreadEach, int threads, double handsOver, int background)
    {
        (double right, double wrong) = Play((world, random) => new ThreadSimulation(world, random, Pid)
        {
            NewThreadEach = newThreadEach,
            HandsOver = handsOver,
            Background = background,
        }.Run(Requests, threads));
        Assert.InRange(right, 0.995, 1);
        Assert.InRange(wrong, 0, 0.002);
    }

    [Fact]
    public void Workers_that_call_for_others_are_rather_not_attributed()
    {
        (double right, double wrong) = Play((world, random) =>
            new ThreadSimulation(world, random, Pid) { HandsOver = 0.5, Background = 1 }.Run(Requests, 16));
        Assert.InRange(right, 0.6, 1);
        Assert.InRange(wrong, 0, 0.01);
    }

    [Theory]
    [InlineData(1, 1, 1, 0.95)]
    [InlineData(16, 1, 1, 0.99)]
    [InlineData(16, 2, 1, 0.95)]
    [InlineData(16, 4, 1, 0.95)]
    [InlineData(64, 3, 1, 0.95)]
    [InlineData(16, 1, 3, 0.95)]
    [InlineData(16, 2, 3, 0.95)]
    public void An_event_loop(int concurrency, int calls, int fanOut, double least)
    {
        NearlyAllComeRight((world, random) =>
            new LoopSimulation(world, random, Pid) { Calls = calls, FanOut = fanOut }.Run(Requests, concurrency), least);
    }

    [Theory]
    [InlineData(2, 1, 1, 0.95)]
    [InlineData(10, 1, 1, 0.95)]
    [InlineData(2, 2, 1, 0.95)]
    [InlineData(10, 2, 1, 0.95)]
    [InlineData(10, 4, 1, 0.95)]
    [InlineData(10, 1, 2, 0.95)]
    [InlineData(10, 2, 3, 0.95)]
    public void An_event_loop_whose_connections_run_out(int pool, int calls, int fanOut, double least)
    {
        NearlyAllComeRight((world, random) =>
            new LoopSimulation(world, random, Pid, pool) { Calls = calls, FanOut = fanOut }.Run(Requests, 16), least);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(10, 1)]
    [InlineData(10, 2)]
    [InlineData(10, 5)]
    public void An_event_loop_whose_requests_keep_their_connections(int pool, int calls)
    {
        NearlyAllComeRight((world, random) =>
            new LoopSimulation(world, random, Pid, pool) { Calls = calls, Keeps = true }.Run(Requests, 16));
    }

    /// <summary>
    /// All ask, then all ask again: whose second call it is follows from the order alone, and a connection comes back to whoever had it
    /// first, as if it had been kept. Without any difference between the replies nobody can know.
    /// </summary>
    [Theory]
    [InlineData(2, 0, 0.5)]
    [InlineData(2, 300, 0.95)]
    [InlineData(2, 1000, 0.95)]
    [InlineData(2, 3000, 0.95)]
    [InlineData(4, 300, 0.95)]
    public void An_event_loop_whose_requests_come_in_waves(int pool, double differenceUs, double least)
    {
        NearlyAllComeRight((world, random) => new LoopSimulation(world, random, Pid, pool)
        {
            GivesBackFirst = true,
            Proxied = true,
            Replies = (2000, 2000 + differenceUs),
        }.RunInWaves(FewRequests, 16), least);
    }

    /// <summary>Requests that were read before are not known, and take connections.</summary>
    [Theory]
    [InlineData(2, 1, false)]
    [InlineData(2, 2, false)]
    [InlineData(10, 4, false)]
    [InlineData(2, 2, true)]
    [InlineData(10, 2, true)]
    public void An_event_loop_that_is_joined_in_the_middle(int pool, int calls, bool keeps)
    {
        NearlyAllComeRight(
            (world, random) => new LoopSimulation(world, random, Pid, pool) { Calls = calls, Keeps = keeps }.Run(Requests, 16),
            fromNs: TraceWorld.At(1_000_000));
    }

    /// <summary>When it runs again, requests have taken longer than others are held.</summary>
    [Theory]
    [InlineData(2, 2, false)]
    [InlineData(10, 2, false)]
    [InlineData(2, 2, true)]
    [InlineData(10, 2, true)]
    public void An_event_loop_that_gets_no_cpu_now_and_then(int pool, int calls, bool keeps)
    {
        NearlyAllComeRight((world, random) => new LoopSimulation(world, random, Pid, pool)
        {
            Calls = calls,
            Keeps = keeps,
            Stalls = 0.01,
        }.Run(FewRequests, 16));
    }

    [Theory]
    [InlineData(2, 1, 300)]
    [InlineData(2, 2, 200)]
    [InlineData(10, 2, 500)]
    public void An_event_loop_with_a_long_line(int pool, int calls, int concurrency)
    {
        NearlyAllComeRight(
            (world, random) => new LoopSimulation(world, random, Pid, pool) { Calls = calls }.Run(Requests, concurrency));
    }

    [Fact]
    public void An_event_loop_with_requests_that_only_wait()
    {
        NearlyAllComeRight((world, random) => new LoopSimulation(world, random, Pid) { Timers = 0.3 }.Run(Requests, 16), least: 0.9);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(int.MaxValue)]
    public void An_event_loop_that_answers_some_time_after_the_reply_is_rather_not_attributed(int pool)
    {
        (_, double wrong) = Play((world, random) =>
            new LoopSimulation(world, random, Pid, pool) { Calls = 1, Pauses = true }.Run(Requests, 16));
        Assert.InRange(wrong, 0, 0.01);
    }

    [Fact]
    public void Lost_and_late_records_make_no_wrong_parents()
    {
        (_, double wrong) = Play(
            (world, random) => new ThreadSimulation(world, random, Pid) { Background = 1 }.Run(Requests, 16), lost: 0.02, late: 0.02);
        Assert.InRange(wrong, 0, 0.002);
        (_, wrong) = Play((world, random) => new LoopSimulation(world, random, Pid).Run(Requests, 16), lost: 0.005, late: 0.01);
        Assert.InRange(wrong, 0, 0.01);
    }

    private static void NearlyAllComeRight(Action<TraceWorld, Random> run, double least = 0.95, long fromNs = 0)
    {
        (double right, double wrong) = Play(run, fromNs: fromNs);
        Assert.InRange(right, least, 1);
        Assert.InRange(wrong, 0, 0.01);
    }

    private static (double Right, double Wrong) Play(Action<TraceWorld, Random> run, double lost = 0, double late = 0, long fromNs = 0)
    {
        Random random = Seeds.Random(Seed);
        TraceWorld world = new() { Check = TraceRules.Check };
        run(world, random);
        _ = world.Happenings.RemoveAll(item => item.Value.StartNs < fromNs);
        foreach (Happening happening in world.Happenings)
        {
            happening.RecordNs += random.NextDouble() < late ? random.NextInt64(1_000_000_000) : random.NextInt64(2_000_000);
        }

        Dictionary<uint, uint> truth = world.Happenings.Where(item => item.Value is { Role: Role.Client, Pid: Pid }).ToDictionary(item => item.Id, item => item.Cause);
        _ = world.Happenings.RemoveAll(_ => random.NextDouble() < lost);
        int happened = world.Happenings.Count;
        _ = world.Play();
        Assert.Equal(happened, world.Places.Count);
        List<Placed> calls = [.. world.Places.Values.Where(place => truth.ContainsKey(place.Id))];
        List<Placed> wrong = [.. calls.Where(place => place.Parent != 0 && place.Parent != truth[place.Id])];
        int right = calls.Count(place => place.Parent == truth[place.Id]);
        int none = calls.Count(place => place.Parent == 0 && truth[place.Id] != 0);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{calls.Count} calls, {(double)right / calls.Count:0.0000} right, {(double)none / calls.Count:0.0000} without parent, {(double)wrong.Count / calls.Count:0.0000} wrong ({string.Join(", ", wrong.GroupBy(w => w.Confidence).Select(g => $"{g.Key} {g.Count()}"))}), held {world.MostHeld}"));
        Assert.DoesNotContain(wrong, place => place.Confidence == Confidence.Certain);
        return ((double)right / calls.Count, (double)wrong.Count / calls.Count);
    }
}
