using System.Collections.Immutable;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;

namespace Latmon.Pipeline.Tests.Windows;

public sealed class SecondRecorderTests
{
    [Fact]
    public void Every_request_is_counted_in_its_second_and_bucket()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        for (int i = 0; i < 50; i++)
        {
            _ = timeline.Request(100 + i, durationMs: 1 + i);
        }

        _ = timeline.Drain(600);
        _ = timeline.Request(1500, durationMs: 10).Drain(1600);
        ImmutableArray<TrafficSecond> seconds = timeline.Drain(4500)!.Seconds;

        Assert.Equal([50, 1, 0], seconds.Select(second => second.Counts.Sum()));
        Assert.Equal(1, seconds[1].Counts[DurationBuckets.Of(10_000_000)]);
        Assert.Equal(TrafficSecond.LengthNs, seconds[1].StartUnixNs - seconds[0].StartUnixNs);
    }

    [Fact]
    public void Of_each_route_the_slowest_and_one_at_random_are_kept()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        for (int i = 0; i < 200; i++)
        {
            _ = timeline.Request(100 + i, durationMs: 50, path: "/busy");
        }

        _ = timeline.Request(400, 3, "/rare").Request(410, 1, "/rare").Request(420, 2, "/rare").Drain(500);
        ImmutableArray<Trace> kept = timeline.Drain(2500)!.Seconds[0].Kept;

        Assert.InRange(kept.Count(trace => trace.Name == "GET /busy"), 1, 2);
        Assert.Contains(kept, trace => trace is { Name: "GET /rare", DurationNs: 3_000_000 });
        Assert.InRange(kept.Count(trace => trace.Name == "GET /rare"), 1, 2);
    }

    [Fact]
    public void Routes_beyond_the_cap_are_counted_and_not_kept()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        for (int i = 0; i < 100; i++)
        {
            _ = timeline.Request(100 + i, path: $"/route{(char)('A' + (i % 50))}x{(char)('a' + (i % 25))}");
        }

        _ = timeline.Drain(300);
        TrafficSecond second = timeline.Drain(2500)!.Seconds[0];
        Assert.Equal(100, second.Counts.Sum());
        Assert.Equal(SecondSample.MostRoutes, second.Kept.Select(trace => trace.Name).Distinct().Count());
    }

    [Fact]
    public void Two_minutes_are_kept_and_closed_seconds_are_shared()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        Snapshot? before = null;
        for (int second = 0; second < 200; second++)
        {
            before = timeline.Request((second * 1000) + 500).Drain((second * 1000) + 600);
        }

        Snapshot after = timeline.Drain(202_500)!;
        Assert.Equal(120, after.Seconds.Length);
        Assert.Same(before!.Seconds[^1], after.Seconds[^4]);
    }

    [Fact]
    public void A_new_filter_begins_anew()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        _ = timeline.Request(100).Drain(1700);
        timeline.Windows.Apply(new TraceFilter { MinDurationNs = 1 });
        _ = timeline.Request(1500).Drain(2000);

        Assert.Equal(1, timeline.Drain(4500)!.Seconds.Sum(second => second.Counts.Sum()));
    }
}
