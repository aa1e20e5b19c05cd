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

    [Fact]
    public void Tab_completes_names_and_values_from_what_is_seen()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Type("/pro").Press(Key.Tab);
        Assert.Equal("proc:", screen.State.FilterLine.Text);
        Assert.Contains("Tab: proc:nginx  proc:gunicorn", screen.Line(38));

        screen.Press(Key.Tab);
        Assert.Equal("process:", screen.State.FilterLine.Text);
        screen.Press(Key.U.WithCtrl).Type("proc:gu").Press(Key.Tab);
        Assert.Equal("proc:gunicorn", screen.State.FilterLine.Text);
        Assert.Equal(["u1"], screen.State.Requests.Rows.Select(trace => trace.Id));
    }

    [Fact]
    public void A_least_time_in_a_layer_or_in_the_database_filters()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Type("/layer:sock.wait>20ms");
        Assert.Equal(["q1"], screen.State.Requests.Rows.Select(trace => trace.Id));

        screen.Press(Key.U.WithCtrl).Type("layer:db>90ms");
        Assert.Equal(["c1"], screen.State.Requests.Rows.Select(trace => trace.Id));
        screen.Press(Key.U.WithCtrl).Type("layer:cpu.wait>60ms");
        Assert.Equal(["s1"], screen.State.Requests.Rows.Select(trace => trace.Id));
    }

    [Fact]
    public void Filters_come_back_with_the_arrow_keys()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Type("/status:5xx").Press(Key.Enter).Type("/").Press(Key.U.WithCtrl).Type(">20ms").Press(Key.Enter);
        screen.Type("/").Press(Key.U.WithCtrl).Type("hal").Press(Key.CursorUp);
        Assert.Equal(">20ms", screen.State.FilterLine.Text);

        screen.Press(Key.CursorUp, Key.CursorUp);
        Assert.Equal("status:5xx", screen.State.FilterLine.Text);
        screen.Press(Key.CursorDown, Key.CursorDown);
        Assert.Equal("hal", screen.State.FilterLine.Text);
    }

    [Fact]
    public void The_wrong_term_is_marked_where_it_stands()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Type("/status:5xx port:http >5ms").Press(Key.Enter);
        string text = "/status:5xx port:http >5ms";
        int wrong = text.IndexOf("port", StringComparison.Ordinal);

        Assert.NotEqual(screen.Cells[23, 1].Attribute, screen.Cells[23, wrong].Attribute);
        Assert.Equal(screen.Cells[22, 1].Attribute, screen.Cells[23, wrong].Attribute);
        Assert.Equal(screen.Cells[23, 1].Attribute, screen.Cells[23, text.Length - 2].Attribute);
    }

    [Fact]
    public void Delete_removes_the_last_term_and_a_click_the_one_under_it()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Type("/port:80 status:5xx >1ms").Press(Key.Enter, Key.Delete);
        Assert.Equal("port:80 status:5xx", screen.Applied?.ToString());

        int at = screen.Line(0).IndexOf("port:80", StringComparison.Ordinal);
        screen.Click(new System.Drawing.Point(at + 2, 0));
        Assert.Equal("status:5xx", screen.Applied?.ToString());
    }
}
