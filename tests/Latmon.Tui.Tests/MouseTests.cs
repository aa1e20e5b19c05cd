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

    [Fact]
    public void A_click_on_a_heading_sorts_and_again_reverses()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy());
        int request = screen.Line(14).IndexOf("request", StringComparison.Ordinal);
        screen.Click(new Point(request + 1, 14));
        Assert.Equal(2, screen.State.Requests.SortIndex);
        Assert.False(screen.State.Requests.Reversed);

        screen.Click(new Point(request + 1, 14));
        Assert.True(screen.State.Requests.Reversed);
    }

    [Fact]
    public void A_second_click_on_a_line_opens_it()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Click(new Point(5, 17)).Click(new Point(5, 17));

        Assert.Equal("q1", screen.State.Pinned?.Id);
        Assert.Equal(Pane.Detail, screen.State.Panes.Focus);
    }

    [Fact]
    public void The_wheel_moves_through_the_pane_under_it()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Wheel(new Point(5, 20), down: true).Wheel(new Point(5, 20), down: true);
        Assert.NotEqual("c1", screen.State.Requests.Selected?.Id);
        screen.Wheel(new Point(5, 20), down: false).Wheel(new Point(5, 20), down: false);
        Assert.Equal("c1", screen.State.Requests.Selected?.Id);
    }

    [Fact]
    public void The_mouse_can_be_left_to_the_terminal_and_that_is_remembered()
    {
        string kept = "";
        using HeadlessScreen screen = new(120, 40, with: options => options with { Remember = text => kept = text });
        screen.Show(Snapshots.Busy()).Type("M");
        Assert.False(screen.HasMouse);
        Assert.Contains("mouse: left to the terminal", screen.Text());
        screen.Remember();
        Assert.Contains("\"mouse\":false", kept);
        Assert.True(screen.Type("M").HasMouse);
    }

    [Fact]
    public void The_border_beside_the_list_can_be_dragged()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy());
        int before = screen.Line(14).IndexOf("most time in", StringComparison.Ordinal);
        screen.Drag(new Point(55, 20), new Point(84, 20));

        Assert.Equal(70, screen.State.Panes.ListPercent);
        Assert.NotEqual(before, screen.Line(14).IndexOf("most time in", StringComparison.Ordinal));
    }
}
