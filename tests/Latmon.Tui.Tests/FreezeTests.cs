using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

public sealed class FreezeTests
{
    [Fact]
    public void Space_freezes_the_screen_while_snapshots_go_on()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Press(Key.Space);
        string before = Body(screen);
        screen.Show(Snapshots.Busy(7));

        Assert.Equal(before, Body(screen));
        Assert.NotSame(screen.State.Live, screen.State.Shown);
        screen.Press(Key.Space);
        Assert.Same(screen.State.Live, screen.State.Shown);
        Assert.NotEqual(before, Body(screen));
    }

    [Fact]
    public void The_age_of_a_frozen_screen_moves_on()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Press(Key.Space).Wait(TimeSpan.FromSeconds(12));
        Assert.Contains(" PAUSED 12s ", screen.Line(0));

        screen.Wait(TimeSpan.FromMinutes(3));
        Assert.Contains(" PAUSED 3m12s ", screen.Line(0));
    }

    [Fact]
    public void What_is_lost_while_frozen_is_told_at_once()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Press(Key.Space).Show(Snapshots.Losing(77));

        Assert.Contains("lost 77", screen.Text());
    }

    [Fact]
    public void Selection_inspection_and_filter_work_on_the_frozen_snapshot()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Press(Key.Space).Show(Snapshots.With());
        screen.Press(Key.CursorDown, Key.Enter);
        Assert.Equal("s1", screen.State.Pinned?.Id);

        screen.Press(Key.Esc).Type("/status:5xx").Press(Key.Enter);
        Assert.Equal(["u1"], screen.State.Requests.Rows.Select(trace => trace.Id));
    }

    [Fact]
    public void Everything_that_is_frozen_is_saved_although_the_capture_has_gone_on()
    {
        IReadOnlyList<Latmon.Pipeline.Traces.Trace> saved = [];
        using HeadlessScreen screen = new(120, 40, with: options => options with
        {
            Save = traces =>
            {
                saved = traces;
                return "";
            },
        });
        screen.Show(Snapshots.Busy()).Press(Key.Space).Show(Snapshots.With()).Type("W");
        Assert.Equal(Snapshots.Requests().Select(trace => trace.Id).Order(), saved.Select(trace => trace.Id).Order());
    }

    /// <summary>Without the header and the status line, which go on.</summary>
    private static string Body(HeadlessScreen screen) => string.Join('\n', screen.Text().Split('\n')[1..38]);
}
