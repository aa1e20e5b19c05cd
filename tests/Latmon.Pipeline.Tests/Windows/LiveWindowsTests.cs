using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Windows;

public sealed class LiveWindowsTests
{
    [Fact]
    public void A_request_belongs_to_the_second_in_which_it_ended()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        _ = timeline.Request(999).Drain(1100);
        _ = timeline.Request(1001, 900).Request(1999).Request(2000).Drain(2100);
        Snapshot snapshot = timeline.Drain(4500)!;
        Assert.Equal([1.0, 2.0, 1.0], snapshot.RateHistory);
        Assert.Equal((4, 0), (snapshot.Duration.Count, snapshot.Counters.Late));
    }

    [Fact]
    public void What_ended_after_the_time_of_its_batch_opens_the_next_second()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        _ = timeline.Request(990).Request(1003).Drain(995);
        _ = timeline.Request(1010).Drain(1020);
        Snapshot snapshot = timeline.Drain(3500)!;
        Assert.Equal([1.0, 2.0], snapshot.RateHistory);
        Assert.Equal((3, 0), (snapshot.Duration.Count, snapshot.Counters.Late));
    }

    [Fact]
    public void A_record_within_the_allowance_is_not_late()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        Snapshot snapshot = timeline.Request(999).Drain(2399)!;
        Assert.Equal((1, 0), (snapshot.Duration.Count, snapshot.Counters.Late));
        Assert.Empty(snapshot.RateHistory);
    }

    [Fact]
    public void A_late_request_is_counted_and_goes_to_the_oldest_open_second()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        _ = timeline.Request(500).Drain(600);
        _ = timeline.Request(600).Drain(2500);
        Snapshot snapshot = timeline.Drain(3500)!;
        Assert.Equal((2, 1), (snapshot.Duration.Count, snapshot.Counters.Late));
        Assert.Equal([1.0, 1.0], snapshot.RateHistory);
    }

    [Fact]
    public void An_empty_second_has_a_rate_and_no_percentile()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        _ = timeline.Request(100).Drain(200);
        _ = timeline.Request(2100).Drain(2200);
        Snapshot snapshot = timeline.Drain(4500)!;
        Assert.Equal([1.0, 0.0, 1.0], snapshot.RateHistory);
        LayerRow app = snapshot.Layers[(int)Layer.App];
        Assert.Equal([false, true, false], app.P99HistoryNs.Select(ns => ns == -1));
    }

    [Fact]
    public void Summaries_cover_ten_seconds_and_history_two_minutes()
    {
        Timeline timeline = new();
        Snapshot snapshot = Snapshot.Empty;
        _ = timeline.Drain(0);
        for (int second = 0; second < 200; second++)
        {
            snapshot = timeline.Request((second * 1000) + 500, durationMs: second == 0 ? 400 : 10).Drain((second * 1000) + 1400)!;
        }

        Assert.Equal(10, snapshot.Duration.Count);
        Assert.InRange(snapshot.RateHistory.Length, 118, 120);
        Assert.InRange(snapshot.Span.TotalSeconds, 9, 11);
        Assert.InRange(snapshot.Duration.PerSecond, 0.9, 1.1);
        Assert.DoesNotContain(snapshot.Slowest, trace => trace.DurationNs == 400_000_000);
    }

    /// <summary>Those that have ended and are not counted yet, because their trace is held, are no lower rate.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(1200)]
    public void A_rate_is_that_of_what_ends_whenever_it_comes(int lagMs)
    {
        foreach (Snapshot snapshot in Steady(lagMs).Skip(30))
        {
            Assert.InRange(snapshot.Duration.PerSecond, 98, 102);
            Assert.Equal(0, snapshot.Counters.Late);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1200)]
    public void Routes_and_services_are_of_the_same_seconds_as_the_layers(int lagMs)
    {
        foreach (Snapshot snapshot in Steady(lagMs))
        {
            Assert.Equal(snapshot.Duration.Count, snapshot.Routes.Sum(route => route.Summary.Count));
            Assert.Equal(snapshot.Duration.Count, snapshot.Services.Sum(service => service.Summary.Count));
        }
    }

    /// <summary>A hundred requests a second that come some time after their end, with snapshots at all parts of a second.</summary>
    private static IEnumerable<Snapshot> Steady(int lagMs)
    {
        const int EveryMs = 10, DrainEveryMs = 70;
        Timeline timeline = new();
        _ = timeline.Drain(0);
        int next = 20;
        for (int now = DrainEveryMs; now < 30_000; now += DrainEveryMs)
        {
            for (; next <= now - lagMs; next += EveryMs)
            {
                _ = timeline.Request(next);
            }

            if (timeline.Drain(now) is { } snapshot)
            {
                yield return snapshot;
            }
        }
    }

    [Fact]
    public void The_clock_may_jump_forward()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        _ = timeline.Request(100).Drain(1400);
        Snapshot snapshot = timeline.Drain(3_600_500)!;
        Assert.Equal((0, 0), (snapshot.Duration.Count, snapshot.Slowest.Length));
        Assert.All(snapshot.RateHistory, rate => Assert.Equal(0, rate));
        Assert.InRange(snapshot.RateHistory.Length, 118, 120);
        Assert.Equal(1, timeline.Request(3_600_600).Drain(3_601_400)!.Duration.Count);
    }

    [Fact]
    public void A_snapshot_comes_twice_a_second_whatever_the_drains()
    {
        Timeline timeline = new();
        int snapshots = Enumerable.Range(0, 501).Count(drain => timeline.Drain(drain * 20) is not null);
        Assert.Equal(21, snapshots);
    }

    [Fact]
    public void Another_filter_begins_with_empty_windows()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        Assert.Equal(2, timeline.Request(100, status: 200).Request(200, status: 503).Drain(500)!.Duration.Count);
        Assert.True(FilterText.TryParse("status:5xx", out TraceFilter filter, out _));
        timeline.Windows.Apply(filter);
        Snapshot empty = timeline.Drain(1000)!;
        Assert.Equal((0, 0, 0, 0), (empty.Duration.Count, empty.Latest.Length, empty.Slowest.Length, empty.Routes.Length));
        Snapshot snapshot = timeline.Request(1100, status: 200).Request(1200, status: 503).Drain(1500)!;
        Assert.Equal(503L, Assert.Single(snapshot.Latest).Attribute("http.response.status_code"));
        Assert.Equal(1, Assert.Single(snapshot.Routes).Errors);
    }

    [Fact]
    public void The_newest_come_first_and_the_slowest_come_first()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        for (int i = 0; i < 300; i++)
        {
            _ = timeline.Request(1000 + i, durationMs: 1 + (i * 7919 % 300), path: $"/p{i}");
        }

        Snapshot snapshot = timeline.Drain(2400)!;
        Assert.Equal(Enumerable.Range(0, 64).Select(i => $"/p{299 - i}"), snapshot.Latest.Select(Path));
        Assert.Equal(snapshot.Slowest.OrderByDescending(trace => trace.DurationNs).Select(trace => trace.Id), snapshot.Slowest.Select(trace => trace.Id));
        Assert.Equal(300, snapshot.Slowest[0].DurationNs / 1_000_000);
        Assert.Equal(32, snapshot.Slowest.Length);
    }

    [Fact]
    public void A_lost_answer_makes_its_request_one_of_the_slowest()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        for (int i = 0; i < 300; i++)
        {
            _ = timeline.Request(1000 + i, durationMs: 1 + (i % 100), path: $"/p{i}", resentForMs: i == 0 ? 204 : 0);
        }

        Trace first = timeline.Drain(2400)!.Slowest[0];
        Assert.Equal(("/p0", 1L, 204L, 205L), (Path(first), first.DurationNs / 1_000_000, first.DeliveredNs / 1_000_000, first.WaitedNs / 1_000_000));
    }

    [Fact]
    public void Losses_of_the_kernel_are_in_the_snapshot()
    {
        Snapshot snapshot = new Timeline().Request(1).Drain(20, lost: 17, unseen: 3)!;
        Assert.Equal((1, 17, 3, 1), (snapshot.Counters.Records, snapshot.Counters.Lost, snapshot.Counters.Unseen, snapshot.Counters.Exchanges));
        Assert.Equal(TurnBuilder.BaseNs + 20_000_001, snapshot.TakenUnixNs);
    }

    private static string Path(Trace trace) => (string)trace.Attribute("url.path")!;
}
