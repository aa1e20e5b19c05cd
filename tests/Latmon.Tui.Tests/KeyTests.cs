using Latmon.Pipeline.Traces;
using Latmon.Tui.Keys;
using Latmon.Tui.State;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

public sealed class KeyTests
{
    [Fact]
    public void Esc_never_quits()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Press(Key.Enter, Key.Esc, Key.Esc, Key.Esc, Key.Esc);

        Assert.False(screen.HasQuit);
        Assert.Contains("q quits", screen.Text());
    }

    /// <summary>Within the time that a terminal may need for the parts of one key, both are Alt and the key.</summary>
    [Fact]
    public void A_key_right_after_esc_is_both()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Press(Key.Enter);
        string opened = screen.Text();

        Assert.NotEqual(opened, screen.Press(Key.V.WithAlt).Text());
        Assert.True(screen.Press(new Key('q').WithAlt).HasQuit);
    }

    [Fact]
    public void Quit_keys_quit()
    {
        foreach (Key key in new[] { new Key('q'), Key.C.WithCtrl, Key.F10 })
        {
            using HeadlessScreen screen = new(80, 24);
            screen.Press(key);

            Assert.True(screen.HasQuit, $"{key} did not quit");
        }
    }

    [Fact]
    public void Ctrl_c_quits_from_the_filter_line_and_from_help()
    {
        foreach (string first in new[] { "/", "?" })
        {
            using HeadlessScreen screen = new(80, 24);
            screen.Type(first).Press(Key.C.WithCtrl);

            Assert.True(screen.HasQuit, $"not from {first}");
        }
    }

    [Fact]
    public void Esc_goes_back_one_level_at_a_time()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Press(Key.Enter).Type("z?");

        Assert.True(screen.State.IsHelpOpen);
        screen.Press(Key.Esc);
        Assert.True(screen.State is { IsHelpOpen: false, Panes.IsZoomed: true });
        screen.Press(Key.Esc);
        Assert.True(screen.State is { Panes.IsZoomed: false, Panes.Focus: Pane.Detail });
        screen.Press(Key.Esc);
        Assert.True(screen.State is { Pinned: null, Panes.Focus: Pane.Requests });
    }

    [Fact]
    public void An_inspected_request_stays_while_the_list_changes()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Press(Key.CursorDown, Key.Enter);
        Trace newcomer = RequestBuilder.Usual("z9", "/other", 900 * RequestBuilder.Ms).Build();
        screen.Show(Snapshots.With(newcomer));

        Assert.Equal("s1", screen.State.Inspected?.Id);
        Assert.Contains("GET /search  200  80.1ms  (pinned)", screen.Text());
    }

    [Fact]
    public void Next_and_previous_request_without_leaving_the_waterfall()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Press(Key.Enter).Type("nn");
        Assert.Equal("q1", screen.State.Pinned?.Id);

        screen.Type("N");
        Assert.Equal("s1", screen.State.Pinned?.Id);
    }

    [Fact]
    public void Tab_goes_round_the_panes()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Press(Key.Tab);
        Assert.Equal(Pane.Detail, screen.State.Panes.Focus);
        screen.Press(Key.Tab);
        Assert.Equal(Pane.Layers, screen.State.Panes.Focus);
        screen.Press(Key.Tab.WithShift);
        Assert.Equal(Pane.Detail, screen.State.Panes.Focus);
    }

    [Fact]
    public void A_layer_can_sort_the_requests()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Type("1jjjjj").Press(Key.Enter);

        Assert.Equal("q1", screen.State.Requests.Rows[0].Id);
        Assert.Contains("Socket wait▼", screen.Text());
    }

    [Fact]
    public void A_route_opens_its_requests_and_esc_returns()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Type("vv").Press(Key.Enter);
        Assert.Equal(["c1"], screen.State.Requests.Rows.Select(trace => trace.Id));

        screen.Press(Key.Esc);
        Assert.Equal(5, screen.State.Requests.Rows.Count);
    }

    [Fact]
    public void Alike_calls_open_and_close_on_enter()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Snapshots.Busy()).Press(Key.Enter);
        int closed = screen.State.WaterfallRows.Length;
        int fold = screen.State.WaterfallRows.ToList().FindIndex(row => row.FoldKey is not null);
        screen.Press([.. Enumerable.Repeat(Key.CursorDown, fold)]).Press(Key.Enter);

        Assert.True(screen.State.WaterfallRows.Length >= closed + 60);
        screen.Press(Key.Enter);
        Assert.Equal(closed, screen.State.WaterfallRows.Length);
    }

    [Fact]
    public void No_key_means_two_things_in_one_place()
    {
        KeyScope[] places = [KeyScope.Layers, KeyScope.Requests, KeyScope.Waterfall, KeyScope.Help, KeyScope.FilterLine];
        foreach (KeyScope place in places)
        {
            Assert.Distinct(KeyTable.All.Where(binding => binding.Scope.HasFlag(place)).SelectMany(binding => binding.Keys));
        }
    }

    [Fact]
    public void Every_key_with_a_hint_is_in_the_help()
    {
        Assert.All(KeyTable.All, binding => Assert.True(binding.Hint is null || binding.Help.Length > 0, binding.Shown));
    }
}
