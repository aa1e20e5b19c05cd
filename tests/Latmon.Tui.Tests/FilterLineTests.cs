using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

public sealed class FilterLineTests
{
    [Fact]
    public void Enter_applies_the_typed_filter()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Type("/port:8080 status:5xx").Press(Key.Enter);

        Assert.Equal("port:8080 status:5xx", screen.Applied?.ToString());
        Assert.Contains("filter: port:8080 status:5xx", screen.Line(0));
    }

    [Fact]
    public void Esc_leaves_the_filter_as_it_was()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Type("/status:5xx").Press(Key.Esc);

        Assert.Null(screen.Applied);
        Assert.Equal(5, screen.State.Requests.Rows.Count);
    }

    [Fact]
    public void Typing_filters_what_is_shown_at_once()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Type("/>60ms");

        Assert.Equal(["c1", "s1"], screen.State.Requests.Rows.Select(trace => trace.Id));
        Assert.Null(screen.Applied);
    }

    [Fact]
    public void A_term_that_is_being_typed_hides_nothing_yet()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Type("/por");
        Assert.Equal(5, screen.State.Requests.Rows.Count);

        screen.Type("t:");
        Assert.Equal(5, screen.State.Requests.Rows.Count);
    }

    [Fact]
    public void An_error_is_told_in_place_and_the_line_stays_open()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Type("/port:http").Press(Key.Enter);

        Assert.Contains("\"http\" is not a port", screen.Line(22));
        Assert.Contains("/port:http", screen.Line(23));
        Assert.Null(screen.Applied);
    }

    [Fact]
    public void A_filter_that_the_kernel_refuses_is_not_in_force()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Refusal = "too many ports; the kernel part holds 64";
        screen.Show(Snapshots.Busy()).Type("/port:81").Press(Key.Enter);

        Assert.Contains("too many ports", screen.Line(22));
        Assert.True(screen.State.Filter.IsEmpty);
    }

    [Fact]
    public void An_empty_line_clears_the_filter()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Type("/status:5xx").Press(Key.Enter).Type("/").Press(Key.U.WithCtrl, Key.Enter);

        Assert.True(screen.Applied?.IsEmpty);
        Assert.Contains("filter: none", screen.Line(0));
    }

    [Fact]
    public void Keys_that_are_commands_elsewhere_are_letters_here()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Type("/q?zG j");

        Assert.Equal("q?zG j", screen.State.FilterLine.Text);
        Assert.False(screen.HasQuit);
    }

    [Fact]
    public void The_caret_edits_in_the_middle()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Type("/prt:80").Press(Key.Home, Key.CursorRight).Type("o").Press(Key.End, Key.Backspace);

        Assert.Equal("port:8", screen.State.FilterLine.Text);
    }
}
