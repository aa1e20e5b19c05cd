using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tail;

namespace Latmon.Tui.Views;

/// <summary>
/// Why the slow requests of a route are slow:
/// <code>
/// ─ ▸ Why is the tail slow: GET /checkout ─────────────────────────
///  excess 61.0ms = Socket wait 48.0ms + SELECT t 9.00ms + rest 4.00ms
///  slow     14 requests from p99 (91.0ms), mean 112ms   ← →
///  usual    50 requests around p50 (50.1ms), mean 51.0ms
///  usual  ████▓▓
///  slow   ░░░░░░░░░████▓▓▓
///                         usual    slow   excess
///  Socket wait            100us  48.1ms  +48.0ms ██████████████████
/// </code>
/// </summary>
internal sealed class TailView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    private const int FigureWidth = 9;
    private const int LeastBar = 8;
    private const int LabelWidth = 7;

    private static readonly string[] Figures = ["usual", "slow", "excess"];

    protected override void Paint(Canvas canvas)
    {
        bool focused = State.Panes.Focus == Pane.Detail;
        if (State.TailScope is not { } scope)
        {
            PaintTitle(canvas, "Why is the tail slow", focused);
            canvas.Text(1, 2, "Nothing to explain yet. Choose a route, a service or a request in the list.", Ink.Text);
            return;
        }

        PaintTitle(canvas, $"Why is the tail slow: {scope.Title}", focused);
        if (State.TailShown is not { } comparison)
        {
            PaintMissing(canvas, scope);
            return;
        }

        int y = 1;
        foreach (string line in TextWrap.Lines(TailText.Sentence(comparison), Math.Max(10, canvas.Width - 2)))
        {
            canvas.Text(1, y++, line, Ink.Strong);
        }

        y = PaintCohorts(canvas, comparison, scope, y);
        y = PaintStacks(canvas, comparison, y);
        PaintParts(canvas, comparison, y, focused);
    }

    private void PaintMissing(Canvas canvas, ListScope scope)
    {
        int kept = State.Lists.Kept.Count(scope.Includes);
        string text = $"Of {kept} kept requests none is slow while another is usual: there is no tail to explain.";
        int y = 2;
        foreach (string line in TextWrap.Lines(text, Math.Max(10, canvas.Width - 2)))
        {
            canvas.Text(1, y++, line, Ink.Text);
        }
    }

    private int PaintCohorts(Canvas canvas, TailComparison comparison, ListScope scope, int y)
    {
        string from = scope.IsRange ? "chosen in the heat map" : State.Tail.Cut switch
        {
            TailCut.P90 => $"from p90 ({LatencyText.Format(comparison.Slow.Min(trace => trace.DurationNs))})",
            TailCut.P99 => $"from p99 ({LatencyText.Format(comparison.Slow.Min(trace => trace.DurationNs))})",
            _ => "the slowest kept",
        };
        canvas.Text(1, y, "slow", Ink.Dim);
        canvas.Text(1 + LabelWidth, y, $"{Counted(comparison.Slow.Length, comparison.AllSlow)} requests {from}, mean {LatencyText.Format(comparison.SlowMeanNs)}", Ink.Text);
        canvas.Text(1, y + 1, "usual", Ink.Dim);
        canvas.Text(
            1 + LabelWidth,
            y + 1,
            $"{Counted(comparison.Usual.Length, comparison.AllUsual)} requests nearest to the median, mean {LatencyText.Format(comparison.UsualMeanNs)}",
            Ink.Text);
        return y + 2;
    }

    private static string Counted(int compared, int all) => compared == all ? $"{all}" : $"{compared} of {all}";

    /// <summary>Both means on one scale, part by part in the order of the table.</summary>
    private static int PaintStacks(Canvas canvas, TailComparison comparison, int y)
    {
        if (canvas.Height < y + 8)
        {
            return y;
        }

        PaintStack(canvas, comparison.Parts, part => part.UsualNs, comparison.SlowMeanNs, y, "usual");
        PaintStack(canvas, comparison.Parts, part => part.SlowNs, comparison.SlowMeanNs, y + 1, "slow");
        return y + 3;
    }

    private static void PaintStack(Canvas canvas, ImmutableArray<TailPart> parts, Func<TailPart, long> ns, long scaleNs, int y, string label)
    {
        canvas.Text(1, y, label, Ink.Dim);
        int width = canvas.Width - LabelWidth - 2;
        double at = 0;
        foreach (TailPart part in parts)
        {
            double to = at + (Math.Max(0, ns(part)) * (double)width / Math.Max(1, scaleNs));
            int from = (int)Math.Round(at);
            canvas.Fill(1 + LabelWidth + from, y, Math.Min(width, (int)Math.Round(to)) - from, canvas.Glyphs.Bar(part.Ink), part.Ink);
            at = to;
        }
    }

    private void PaintParts(Canvas canvas, TailComparison comparison, int y, bool focused)
    {
        int name = Math.Clamp(canvas.Width - (3 * FigureWidth) - 4 - LeastBar, 12, 44);
        int barX = name + 4 + (3 * FigureWidth);
        for (int figure = 0; figure < Figures.Length; figure++)
        {
            canvas.Right(3 + name + (figure * FigureWidth), y, Figures[figure], Ink.Heading, FigureWidth);
        }

        long mostNs = Math.Max(1, comparison.Parts.Max(part => Math.Abs(part.ExcessNs)));
        State.Tail.Cursor.Resize(comparison.Parts.Length, canvas.Height - y - 1);
        for (int line = 0; line < canvas.Height - y - 1 && State.Tail.Cursor.Top + line < comparison.Parts.Length; line++)
        {
            int index = State.Tail.Cursor.Top + line;
            TailPart part = comparison.Parts[index];
            int row = y + 1 + line;
            canvas.Put(0, row, focused && index == State.Tail.Cursor.Index ? canvas.Glyphs.Marker : ' ', Ink.Strong);
            canvas.Put(1, row, canvas.Glyphs.Bar(part.Ink), part.Ink);
            canvas.Text(3, row, TailText.Named(part), Ink.Text, name);
            canvas.Right(3 + name, row, LatencyText.Format(part.UsualNs), Ink.Text, FigureWidth);
            canvas.Right(3 + name + FigureWidth, row, LatencyText.Format(part.SlowNs), Ink.Text, FigureWidth);
            canvas.Right(3 + name + (2 * FigureWidth), row, Signed(part.ExcessNs), part.ExcessNs > 0 ? Ink.Strong : Ink.Dim, FigureWidth);
            int bar = (int)Math.Round((double)Math.Max(0, part.ExcessNs) / mostNs * (canvas.Width - barX));
            canvas.Fill(barX, row, bar, canvas.Glyphs.Bar(part.Ink), part.Ink);
        }
    }

    private static string Signed(long ns) => ns < 0 ? $"-{LatencyText.Format(-ns)}" : $"+{LatencyText.Format(ns)}";
}
