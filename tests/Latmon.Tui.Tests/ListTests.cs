using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.State;
using Latmon.Tui.Tables;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;
using static Latmon.Tui.Tests.Fixtures.RequestBuilder;

namespace Latmon.Tui.Tests;

public sealed class ListTests
{
    [Theory]
    [InlineData(0, ListKind.Slowest)]
    [InlineData(1, ListKind.Latest)]
    [InlineData(2, ListKind.Routes)]
    [InlineData(3, ListKind.Services)]
    [InlineData(4, ListKind.Connections)]
    [InlineData(5, ListKind.Statements)]
    [InlineData(6, ListKind.Slowest)]
    public void V_goes_round_the_lists(int times, object kind)
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Type(new string('v', times));

        Assert.Equal(kind, screen.State.Lists.Kind);
    }

    [Fact]
    public void Every_column_of_every_list_sorts_and_reverses()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Snapshots.Busy());
        foreach (ListKind _ in ListKinds.All)
        {
            ITable table = screen.State.Lists.Active;
            for (int column = 0; column < table.Columns.Count; column++)
            {
                Assert.Equal(column, table.SortIndex % table.Columns.Count);
                string[] before = Keys(table);
                screen.Type("r");
                Assert.True(table.Reversed);
                Assert.Equal(before.Order(), Keys(table).Order());
                screen.Type("rs");
            }

            screen.Type("v").Type(screen.State.Lists.Kind == ListKind.Latest ? "s" : "");
        }
    }

    [Fact]
    public void A_request_whose_answer_was_lost_is_as_slow_as_its_client_found_it_and_says_so()
    {
        using HeadlessScreen screen = new(120, 40);
        Trace lost = Usual("lost", "/ok", 3 * Ms).Tcp(1, 200, 0).Resent(200 * Ms, 200 * Ms).Delivered(204 * Ms).Build();
        screen.Show(Snapshots.With([.. Snapshots.Requests(), lost]));

        Assert.Equal("lost", screen.State.Requests.Rows[0].Id);
        Assert.Matches(@"3\.\d+ms 200 R1\+204ms GET /ok ", screen.Text());
    }

    [Fact]
    public void Statements_have_the_figures_of_all_calls_and_what_only_whole_requests_tell_of_the_kept_ones()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Snapshots.Busy()).Type("V");
        StatementRow[] rows = [.. screen.State.Lists.Statements.Rows];

        Assert.Equal(["SELECT item", "INSERT orders"], rows.Select(row => row.Statement));
        Assert.Equal((187_200L, 18_720.0, 262_080 * Ms), (rows[0].Summary.Count, rows[0].Summary.PerSecond, rows[0].Summary.TotalNs));
        Assert.Equal((0L, 12L), (rows[0].Errors, rows[1].Errors));
        Assert.Equal((60.0, "90% Application", "127.0.0.1:5432"), (rows[0].PerRequest, rows[0].Inside, rows[0].Server));
    }

    [Fact]
    public void A_statement_of_which_no_request_is_kept_is_listed_all_the_same()
    {
        using HeadlessScreen screen = new(200, 60);
        Snapshot busy = Snapshots.Busy();
        screen.Show(busy with { Slowest = [], Latest = [] }).Type("V");
        StatementRow row = screen.State.Lists.Statements.Rows[0];
        Assert.Equal((187_200L, null, ""), (row.Summary.Count, row.PerRequest, row.Server));
        Assert.Contains("187200", screen.Text());

        screen.Press(Key.Enter);
        Assert.Contains("No request of SELECT item is kept any more.", screen.Text());
    }

    [Fact]
    public void A_lock_wait_inside_the_database_is_named()
    {
        Trace call = Waiting();
        StatementRow row = Assert.Single(StatementRow.From(TraceSnapshot.Of([call]).Statements, [call]));

        Assert.Equal("97% lock wait", row.Inside);
        Assert.Equal("91% lock wait: UPDATE stock", Dominant.Of(call).ToString());
    }

    [Fact]
    public void A_statement_opens_the_requests_that_called_it_and_esc_returns_to_its_row()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.With([Waiting(), .. Snapshots.Requests()])).Type("V").Press(Key.CursorDown);
        string statement = screen.State.Lists.Statements.Selected!.Statement;
        Assert.Equal("SELECT item", statement);
        screen.Press(Key.Enter);
        Assert.Equal(["c1"], screen.State.Requests.Rows.Select(trace => trace.Id));
        Assert.Contains("Kept requests of SELECT item (1)", screen.Text());

        screen.Press(Key.Enter);
        Assert.Equal("c1", screen.State.Pinned?.Id);
        screen.Press(Key.Esc, Key.Esc);
        Assert.Equal(ListKind.Statements, screen.State.Lists.Kind);
        Assert.Equal("SELECT item", screen.State.Lists.Statements.Selected?.Statement);
    }

    [Fact]
    public void Connections_tell_what_their_requests_told()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Snapshots.Busy()).Type("vvvv");
        ConnectionRow row = Assert.Single(screen.State.Lists.Connections.Rows);

        Assert.Equal((5, 3L, 81_000 * Us), (row.Requests, row.Retransmits, row.RoundTripNs));
        Assert.Equal(Snapshots.Requests().Max(trace => trace.DurationNs), row.MaxNs);
        screen.Press(Key.Enter);
        Assert.Equal(5, screen.State.Requests.Count);
    }

    [Fact]
    public void A_search_keeps_the_rows_that_show_the_text()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Type("fGUNI");
        Assert.Equal(["u1"], screen.State.Requests.Rows.Select(trace => trace.Id));

        screen.Press(Key.Enter);
        Assert.Contains("Slowest requests (1 of 5 with \"GUNI\")", screen.Text());
        screen.Show(Snapshots.Busy(1));
        Assert.Equal(["u1"], screen.State.Requests.Rows.Select(trace => trace.Id));
        screen.Press(Key.Esc);
        Assert.Equal(5, screen.State.Requests.Count);
    }

    [Fact]
    public void A_search_that_finds_nothing_says_how_to_go_back()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Type("fnothing like it");

        Assert.Contains("None of the 5 rows shows \"nothing like it\".", screen.Text());
    }

    private static string[] Keys(ITable table) => [.. Enumerable.Range(0, table.Count).Select(table.Key)];

    /// <summary>A request that waited for a row lock of another transaction.</summary>
    private static Trace Waiting()
    {
        Trace request = new RequestBuilder("l1", "/pay")
            .Layer(Pipeline.Layer.SockWait, 10 * Ms)
            .Layer(Pipeline.Layer.App, 320 * Ms, selfNs: 20 * Ms)
            .Query("UPDATE stock", 15 * Ms, 300 * Ms)
            .Build();
        Trace call = request.Children[0] with { Spans = [new Span("lock wait", "usdt:postgresql", Ms, 292 * Ms, null)] };
        return request with { Children = [call] };
    }
}
