using Latmon.Pipeline.Traces;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;
using static Latmon.Tui.Tests.Fixtures.RequestBuilder;

namespace Latmon.Tui.Tests;

public sealed class SelectionTests
{
    private static readonly Trace First = Usual("a", "/a", 30 * Ms).Build();
    private static readonly Trace Second = Usual("b", "/b", 20 * Ms).Build();
    private static readonly Trace Third = Usual("c", "/c", 10 * Ms).Build();

    [Fact]
    public void Selection_follows_its_request_when_the_list_is_sorted_anew()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.With(First, Second, Third)).Press(Key.CursorDown);
        screen.Show(Snapshots.With(Usual("n", "/n", 99 * Ms).Build(), First, Usual("m", "/m", 25 * Ms).Build(), Second, Third));

        Assert.Equal("b", screen.State.Requests.Selected?.Id);
        Assert.Equal(3, screen.State.Requests.Cursor.Index);
    }

    [Fact]
    public void A_chosen_request_stays_in_the_list_after_it_left_the_snapshot()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.With(First, Second, Third)).Press(Key.CursorDown).Show(Snapshots.With(First, Third));

        Assert.Equal(["a", "b", "c"], screen.State.Requests.Rows.Select(trace => trace.Id));
        Assert.Equal("b", screen.State.Requests.Selected?.Id);
    }

    [Fact]
    public void Until_it_is_moved_the_selection_is_the_slowest()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.With(First, Second)).Show(Snapshots.With(Usual("n", "/n", 99 * Ms).Build(), First));

        Assert.Equal("n", screen.State.Requests.Selected?.Id);
    }

    [Fact]
    public void The_selected_row_keeps_its_line_in_a_long_list()
    {
        using HeadlessScreen screen = new(80, 24);
        Trace[] many = [.. Enumerable.Range(0, 40).Select(i => Usual($"r{i:00}", "/r", (400 - i) * Ms).Build())];
        screen.Show(Snapshots.With(many)).Press(Key.PageDown, Key.PageDown);
        string selected = screen.State.Requests.Selected!.Id;
        int line = screen.State.Requests.Cursor.Index - screen.State.Requests.Cursor.Top;
        Trace[] slower = [.. Enumerable.Range(0, 3).Select(i => Usual($"n{i}", "/n", (900 - i) * Ms).Build())];
        screen.Show(Snapshots.With([.. slower, .. many]));

        Assert.Equal(selected, screen.State.Requests.Selected!.Id);
        Assert.Equal(line, screen.State.Requests.Cursor.Index - screen.State.Requests.Cursor.Top);
    }

    [Fact]
    public void Sort_column_and_direction_can_be_changed()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.With(First, Second, Third)).Type("r");
        Assert.Equal(["c", "b", "a"], screen.State.Requests.Rows.Select(trace => trace.Id));

        screen.Type("ss");
        Assert.Equal(["a", "b", "c"], screen.State.Requests.Rows.Select(trace => trace.Id));
        Assert.Contains("request▼", screen.Text());
    }
}
