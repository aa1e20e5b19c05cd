using Latmon.Pipeline.Windows;
using Latmon.Tui.State;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

public sealed class HistoryTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Steps_go_back_and_on_through_the_kept_seconds()
    {
        using HeadlessScreen screen = new(120, 40);
        for (int step = 0; step < 40; step += 2)
        {
            screen.Show(Snapshots.Busy(step));
        }

        Snapshot newest = screen.State.Live;
        screen.Type("[");
        Assert.True(screen.State.IsFrozen);
        Assert.Equal(newest.TakenUnixNs - Second, screen.State.Shown.TakenUnixNs);
        screen.Type("{");
        Assert.Equal(newest.TakenUnixNs - (11 * Second), screen.State.Shown.TakenUnixNs);
        Assert.Contains("-11s", screen.Line(0));
        screen.Type("]]");
        Assert.Equal(newest.TakenUnixNs - (9 * Second), screen.State.Shown.TakenUnixNs);
        screen.Type("}");
        Assert.Same(newest, screen.State.Shown);
        screen.Type("]");
        Assert.Contains("this is the newest", screen.Text());
        screen.Press(Key.Space);
        Assert.False(screen.State.IsFrozen);
    }

    [Fact]
    public void The_oldest_is_the_end()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Show(Snapshots.Busy(2)).Type("{{");

        Assert.Contains("nothing older is kept", screen.Text());
        Assert.Equal(Snapshots.Busy().TakenUnixNs, screen.State.Shown.TakenUnixNs);
    }

    [Fact]
    public void What_is_kept_is_bounded_dense_where_it_is_new_and_covers_minutes()
    {
        SnapshotHistory history = new();
        Snapshot newest = Snapshot.Empty;
        for (int half = 0; half < 4_000; half++)
        {
            newest = Snapshot.Empty with { TakenUnixNs = (1 + half) * (Second / 2) };
            history.Add(newest);
        }

        Assert.Equal(SnapshotHistory.Capacity, history.Count);
        Assert.Equal(Second, history.Step(newest, -1)!.TakenUnixNs - history.Step(newest, -2)!.TakenUnixNs);
        long reach = newest.TakenUnixNs - history.Step(newest, -1_000)!.TakenUnixNs;
        Assert.InRange(reach / Second, 360, 480);
    }

    [Fact]
    public void Sorting_searching_and_drilling_work_on_an_older_moment()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Show(Snapshots.With() with { TakenUnixNs = Snapshots.Busy(4).TakenUnixNs }).Type("[");
        Assert.Equal(5, screen.State.Requests.Count);
        screen.Type("rfsearch").Press(Key.Enter, Key.Enter);

        Assert.Equal("s1", screen.State.Pinned?.Id);
    }
}
