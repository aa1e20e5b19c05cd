using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Tests.Fixtures;

namespace Latmon.Tui.Tests;

public sealed class SnapshotFeedTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly HistoricalScheduler _pace = new(DateTimeOffset.UnixEpoch);
    private readonly Subject<Snapshot> _snapshots = new();
    private readonly List<Snapshot> _shown = [];

    [Fact]
    public void The_first_snapshot_is_shown_at_once()
    {
        using SnapshotFeed feed = Start();
        Snapshot first = Snapshots.Busy();
        _snapshots.OnNext(first);

        Assert.Same(first, Assert.Single(_shown));
    }

    [Fact]
    public void A_flood_of_snapshots_becomes_one_per_interval_and_it_is_the_latest()
    {
        using SnapshotFeed feed = Start();
        _snapshots.OnNext(Snapshots.Busy());
        _pace.AdvanceBy(Interval);
        _shown.Clear();
        Snapshot[] flood = [.. Enumerable.Range(1, 1_000).Select(Snapshots.Busy)];
        Array.ForEach(flood, _snapshots.OnNext);
        _pace.AdvanceBy(Interval);

        Assert.Same(flood[^1], Assert.Single(_shown));
    }

    [Fact]
    public void The_interval_can_be_changed_on_the_way()
    {
        using SnapshotFeed feed = Start();
        _snapshots.OnNext(Snapshots.Busy());
        _pace.AdvanceBy(Interval);
        _shown.Clear();
        feed.Change(4 * Interval);
        _snapshots.OnNext(Snapshots.Busy(1));
        _pace.AdvanceBy(3 * Interval);
        Assert.Empty(_shown);

        _pace.AdvanceBy(Interval);
        Assert.Single(_shown);
    }

    public void Dispose() => _snapshots.Dispose();

    private SnapshotFeed Start()
    {
        SnapshotFeed feed = new(_snapshots, Interval, _pace);
        feed.On(ImmediateScheduler.Instance).Subscribe(_shown.Add);
        return feed;
    }
}
