using System.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tests.Fixtures;

namespace Latmon.Tui.Tests;

public sealed class MouseTests
{
    [Fact]
    public void A_click_selects_the_line_under_it()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Click(new Point(5, 17));

        Assert.Equal("q1", screen.State.Requests.Selected?.Id);
    }

    [Fact]
    public void A_click_takes_the_focus_to_its_pane()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Click(new Point(100, 20));

        Assert.Equal(Pane.Detail, screen.State.Panes.Focus);
    }
}
