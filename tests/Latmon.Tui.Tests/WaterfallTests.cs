using System.Text;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.State;
using Latmon.Tui.Tests.Fixtures;
using Latmon.Tui.Waterfall;
using Terminal.Gui.Input;
using static Latmon.Tui.Tests.Fixtures.RequestBuilder;

namespace Latmon.Tui.Tests;

public sealed class WaterfallTests
{
    [Fact]
    public void Zoom_pan_and_fit_move_the_axis()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Press(Key.Enter).Type("++");
        AxisZoom zoom = screen.State.Waterfall.Zoom;
        Assert.Equal(0.25, zoom.Part);
        double from = zoom.From;
        screen.Press(Key.CursorRight);
        Assert.Equal(from + (0.25 / 4), zoom.From, 9);
        screen.Press([.. Enumerable.Repeat(Key.CursorRight, 20)]);
        Assert.Equal(0.75, zoom.From);
        screen.Type("0");
        Assert.True(zoom.IsWhole);
    }

    [Fact]
    public void A_bar_can_be_brought_to_the_whole_axis()
    {
        Trace trace = Snapshots.Requests()[0];
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Press(Key.Enter);
        int insert = screen.State.WaterfallRows.ToList().FindIndex(row => row.Label == "INSERT orders");
        screen.Press([.. Enumerable.Repeat(Key.CursorDown, insert)]).Type("b");
        AxisZoom zoom = screen.State.Waterfall.Zoom;
        TimeAxis axis = TimeAxis.For(trace, 100, zoom);

        Assert.InRange(axis.FromNs, 99 * Ms, 100 * Ms);
        Assert.InRange(axis.ToNs, 108 * Ms, 109 * Ms);
    }

    [Fact]
    public void A_piece_out_of_sight_has_no_cell_and_one_in_sight_at_least_one()
    {
        TimeAxis axis = new(1_000, 1_000, 10);

        Assert.Equal((0, 0, false), axis.Cells(new Piece(0, 900)));
        Assert.Equal((0, 0, false), axis.Cells(new Piece(2_200, 10)));
        Assert.Equal((0, 10, false), axis.Cells(new Piece(0, 5_000)));
        Assert.Equal((5, 6, true), axis.Cells(new Piece(1_500, 1)));
    }

    [Fact]
    public void Ticks_are_round_times()
    {
        TimeAxis axis = new(0, 53_211_000, 60);

        Assert.Equal([0L, 20 * Ms, 40 * Ms], axis.Ticks().Select(tick => tick.Ns));
    }

    [Fact]
    public void Sixty_alike_calls_are_one_line_that_says_all()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Snapshots.Busy()).Press(Key.Enter);
        string line = Array.Find(screen.Text().Split('\n'), text => text.Contains("+ 60x SELECT item", StringComparison.Ordinal))!;
        Assert.Contains("84.0ms", line);

        screen.Type("z");
        line = Array.Find(screen.Text().Split('\n'), text => text.Contains("+ 60x SELECT item", StringComparison.Ordinal))!;
        Assert.Contains("one after another, sum 84.0ms, longest 1.40ms", line);
    }

    [Fact]
    public void Every_line_opens_and_closes_at_once()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Snapshots.Busy()).Press(Key.Enter).Type("e");
        int all = screen.State.WaterfallRows.Length;
        screen.Type("E");
        int least = screen.State.WaterfallRows.Length;

        Assert.True(all >= least + (60 * 3), $"{all} lines open, {least} closed");
    }

    [Fact]
    public void Trouble_of_tcp_stands_where_it_happened()
    {
        using HeadlessScreen screen = new(120, 40);
        Trace trace = Usual("t", "/up", 20 * Ms).Tcp(3, 81_000, 12 * Ms).Build();
        screen.Show(Snapshots.With(trace)).Press(Key.Enter).Type("z");
        string line = Array.Find(screen.Text().Split('\n'), text => text.Contains("Kernel TCP send", StringComparison.Ordinal))!;

        Assert.StartsWith(" !Kernel TCP send", line);
        Assert.Contains("3 segments sent again, peer's window shut for 12.0ms", line);
    }

    [Fact]
    public void A_shut_window_and_segments_sent_again_are_drawn_at_their_moments()
    {
        using HeadlessScreen screen = new(120, 40);
        Trace trace = new RequestBuilder("t", "/down").Layer(Layer.App, 20 * Ms).Layer(Layer.TcpTx, 80 * Ms)
            .Tcp(3, 81_000, 20 * Ms).Resent(40 * Ms, 90 * Ms).Shut(60 * Ms, 80 * Ms).Build();
        screen.Show(Snapshots.With(trace)).Press(Key.Enter).Type("z");
        string line = LineOf(screen, "Kernel TCP send");
        int from = LineOf(screen, "Application").IndexOf('█', StringComparison.Ordinal);
        double cellNs = 100.0 * Ms / (120 - from);

        int[] resent = MomentsOf('R', line, from, cellNs);
        Assert.Equal(2, resent.Length);
        Assert.InRange(resent[0], 39, 42);
        Assert.InRange(resent[1], 89, 92);
        int[] shut = MomentsOf('Z', line, from, cellNs);
        Assert.InRange(shut[0], 59, 62);
        Assert.InRange(shut[^1], 77, 80);
        Assert.InRange(shut.Length, 12, 16);
    }

    [Fact]
    public void A_window_that_opened_in_between_is_drawn_as_its_ends()
    {
        using HeadlessScreen screen = new(120, 40);
        Trace trace = new RequestBuilder("t", "/down").Layer(Layer.App, 20 * Ms).Layer(Layer.TcpTx, 80 * Ms)
            .Tcp(0, 81_000, 5 * Ms).Shut(60 * Ms, 80 * Ms).Build();
        screen.Show(Snapshots.With(trace)).Press(Key.Enter).Type("z");

        Assert.Equal(2, LineOf(screen, "Kernel TCP send").Count(letter => letter == 'Z'));
    }

    [Fact]
    public void What_is_sent_again_after_the_response_is_drawn_in_the_tail_which_then_has_its_true_length()
    {
        using HeadlessScreen screen = new(120, 40);
        Trace trace = Usual("t", "/last", 5 * Ms).Tcp(1, 81_000, 0).Resent(205 * Ms, 205 * Ms).Delivered(210 * Ms).Build();
        screen.Show(Snapshots.With(trace)).Press(Key.Enter).Type("z");

        string tail = LineOf(screen, "Network egress");
        Assert.StartsWith(" !Network egress", tail);
        Assert.Equal(1, tail[30..].Count(letter => letter == 'R'));
        Assert.DoesNotContain('R', LineOf(screen, "Kernel TCP send")[30..]);
        Assert.Contains("1 segment sent again at 205ms", screen.Type("G").Text());
    }

    private static string LineOf(HeadlessScreen screen, string label) =>
        Array.Find(screen.Text().Split('\n'), text => text.TrimStart(' ', '!', '~').StartsWith(label, StringComparison.Ordinal))!;

    /// <summary>Milliseconds, of the cells that show the letter.</summary>
    private static int[] MomentsOf(char letter, string line, int from, double cellNs) =>
        [.. Enumerable.Range(from, line.Length - from).Where(at => line[at] == letter).Select(at => (int)Math.Round((at - from) * cellNs / Ms))];

    [Fact]
    public void Each_kind_of_time_has_a_glyph_of_its_own_without_colour()
    {
        using HeadlessScreen screen = new(120, 40, Output.ColorMode.Mono);
        screen.Show(Snapshots.Busy()).Press(Key.CursorDown, Key.CursorDown, Key.Enter).Type("z");
        string whole = Array.Find(screen.Text().Split('\n'), text => text.Contains("Whole request", StringComparison.Ordinal))!;

        Assert.Contains("░░░░░░░░░░", whole);
        Assert.Contains("█", whole);
    }

    [Fact]
    public void A_waterfall_is_copied_as_text_for_a_chat()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Show(Snapshots.Busy()).Press(Key.Enter);
        screen.Frames.Clear();
        screen.Type("y");
        string sequence = Assert.Single(screen.Frames, frame => frame.StartsWith("\e]52;c;", StringComparison.Ordinal));
        string text = Encoding.UTF8.GetString(Convert.FromBase64String(sequence["\e]52;c;".Length..^1]));

        GoldenScreen.Equals("copied", text.ReplaceLineEndings("\n"));
        Assert.EndsWith("\a", sequence);
        Assert.Contains("sent to the terminal's clipboard", screen.Text());
    }

    [Fact]
    public void The_selected_request_or_everything_shown_is_saved()
    {
        IReadOnlyList<Trace> saved = [];
        using HeadlessScreen screen = new(120, 40, with: options => options with
        {
            Save = traces =>
            {
                saved = traces;
                return "saved in a test";
            },
        });
        screen.Type("w");
        Assert.Empty(saved);
        screen.Show(Snapshots.Busy()).Press(Key.CursorDown).Type("w");
        Assert.Equal(["s1"], saved.Select(trace => trace.Id));
        Assert.Contains("saved in a test", screen.Text());

        screen.Type("/status:5xx").Press(Key.Enter).Type("W");
        Assert.Equal(["u1"], saved.Select(trace => trace.Id));
        screen.Press(Key.Delete).Type("W");
        Assert.Equal(5, saved.Count);
    }
}
