using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tables;
using Latmon.Tui.Waterfall;

namespace Latmon.Tui.Views;

/// <summary>
/// One request on one time axis:
/// <code>
/// ─ ▸ GET /checkout  200  53.2ms  (pinned) ───────────────────────────
///                          time   self   %  0      13.3ms   26.6ms
///   Whole request        53.2ms       100%  ████████████████████████
///     Network ingress     9.0us        &lt;1%  ▏
///     Application        52.0ms 1.40ms 98%  ████████████████████████
///       60x SELECT t     50.1ms        94%  █ █ █ █ █ █ █ █ █ █ █ █
/// ~   Kernel TCP send      13us        &lt;1%                         ▏
///   Network egress        204us                                     ╱╱ after the response
/// process     nginx  pid 411  thread 411
/// </code>
/// </summary>
internal sealed class WaterfallView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    private const int FigureWidth = 8;
    private const int ShareWidth = 5;
    private const int LabelOfDetail = 12;
    private const int LeastRemark = 10;

    protected override void Paint(Canvas canvas)
    {
        bool focused = State.Focus == Pane.Waterfall;
        if (State.Inspected is not { } trace)
        {
            PaintTitle(canvas, "Waterfall", focused);
            canvas.Text(1, 2, "No request selected. Choose one in the list with the arrows, then Enter.", Ink.Text);
            return;
        }

        PaintTitle(canvas, TitleText(trace), focused);
        ImmutableArray<WaterfallRow> rows = State.WaterfallRows;
        IReadOnlyList<(string Label, string Text, Ink Ink)> details = DetailText.Of(
            trace,
            focused ? CallUnderCursor(rows) : "",
            State.Options.Clock.LocalTimeZone,
            canvas.Glyphs,
            canvas.Width - LabelOfDetail - 2);
        Plan plan = Plan.For(canvas.Width, trace);
        PaintHeadings(canvas, plan);

        // Lines and details scroll as one, so that no screen is too small to reach the last of them.
        State.WaterfallCursor.Resize(rows.Length + details.Count, canvas.Height - 2);
        for (int line = 0; line < canvas.Height - 2; line++)
        {
            int index = State.WaterfallCursor.Top + line;
            bool selected = focused && index == State.WaterfallCursor.Index;
            if (index < rows.Length)
            {
                PaintRow(canvas, plan, line + 2, rows[index], trace, selected);
            }
            else if (index - rows.Length < details.Count)
            {
                PaintDetail(canvas, line + 2, details[index - rows.Length], selected);
            }
        }
    }

    private string TitleText(Trace trace)
    {
        int status = RequestColumns.Status(trace);
        string statusText = status == 0 ? "" : $"  {status}";
        string pinned = State.Pinned is null ? "" : "  (pinned)";
        return $"{RequestColumns.RequestText(trace)}{statusText}  {LatencyText.Format(trace.DurationNs)}{pinned}";
    }

    /// <summary>What stands beside a bar is often cut; on the line under the cursor it is told in full.</summary>
    private string CallUnderCursor(ImmutableArray<WaterfallRow> rows)
    {
        int index = State.WaterfallCursor.Index;
        return index < rows.Length && rows[index].Remark.Length > 0 ? $"{rows[index].Label}: {rows[index].Remark}" : "";
    }

    private static void PaintHeadings(Canvas canvas, Plan plan)
    {
        canvas.Right(plan.TimeX, 1, "time", Ink.Heading, FigureWidth);
        if (plan.HasSelf)
        {
            canvas.Right(plan.SelfX, 1, "self", Ink.Heading, FigureWidth);
        }

        canvas.Right(plan.ShareX, 1, "%", Ink.Heading, ShareWidth);
        int ticks = Math.Clamp(plan.Axis.Width / 10, 1, 6);
        for (int tick = 0; tick < ticks; tick++)
        {
            string text = tick == 0 ? "0" : LatencyText.Format(plan.Axis.LengthNs * tick / ticks);
            canvas.Text(plan.BarX + (plan.Axis.Width * tick / ticks), 1, text, Ink.Heading);
        }
    }

    private static void PaintRow(Canvas canvas, Plan plan, int y, WaterfallRow row, Trace trace, bool selected)
    {
        char mark = row switch
        {
            { Evidence: Evidence.Inferred } => '~',
            { Evidence: Evidence.Unavailable } => '?',
            { FoldKey: not null } => '+',
            _ => ' ',
        };
        canvas.Put(0, y, selected ? canvas.Glyphs.Marker : ' ', Ink.Strong);
        canvas.Put(1, y, mark, Ink.Raised);
        int indent = 2 + (2 * Math.Min(row.Depth, 6));
        canvas.Text(indent, y, row.Label, selected ? Ink.Selected : row.AfterResponse ? Ink.Dim : Ink.Text, plan.TimeX - indent);
        canvas.Right(plan.TimeX, y, LatencyText.Format(row.DurationNs), Ink.Strong, FigureWidth);
        if (plan.HasSelf && row.SelfNs is { } selfNs)
        {
            canvas.Right(plan.SelfX, y, LatencyText.Format(selfNs), Ink.Text, FigureWidth);
        }

        if (row.DurationNs is { } ns && !row.AfterResponse)
        {
            canvas.Right(plan.ShareX, y, ShareText(ns, trace.DurationNs), Ink.Text, ShareWidth);
        }

        int end = PaintBar(canvas, plan, y, row);
        PaintRemark(canvas, plan, y, row, end);
    }

    private static string ShareText(long ns, long wholeNs)
    {
        double share = wholeNs > 0 ? (double)ns / wholeNs : 0;
        return share is > 0 and < 0.005 ? "<1%" : $"{Math.Round(share * 100)}%";
    }

    /// <summary>Many short pieces: each cell is shaded by how much of it they cover, so that a full second looks full.</summary>
    private static int PaintCover(Canvas canvas, Plan plan, int y, WaterfallRow row)
    {
        double[] cover = plan.Axis.Cover(row.Pieces);
        for (int cell = 0; cell < cover.Length; cell++)
        {
            canvas.Put(plan.BarX + cell, y, canvas.Glyphs.Shade(cover[cell]), row.Ink);
        }

        return Array.FindLastIndex(cover, part => part > 0) + 1;
    }

    private static int PaintBar(Canvas canvas, Plan plan, int y, WaterfallRow row)
    {
        if (row.FoldKey is not null)
        {
            return PaintCover(canvas, plan, y, row);
        }

        int end = 0;
        for (int i = 0; i < row.Pieces.Length; i++)
        {
            Piece piece = row.Pieces[i];
            if (row.Style == BarStyle.Cpu && piece.DurationNs == 0)
            {
                continue;
            }

            (int from, int to, bool isThin) = plan.Axis.Cells(piece);
            char glyph = row.Style switch
            {
                BarStyle.Hatched => canvas.Glyphs.Hatch,
                BarStyle.Cpu => (i switch { 0 => canvas.Glyphs.Full, 1 => canvas.Glyphs.Runnable, _ => canvas.Glyphs.Blocked }),
                _ => isThin ? canvas.Glyphs.Thin : canvas.Glyphs.Full,
            };
            Ink ink = row.Style == BarStyle.Cpu && i == 1 ? Ink.Severe : row.Ink;
            canvas.Fill(plan.BarX + from, y, to - from, glyph, ink);
            end = Math.Max(end, to);
        }

        if (row.AfterResponse && row.Pieces is [var tail] && tail.EndNs > plan.Axis.LengthNs)
        {
            canvas.Put(plan.BarX + plan.Axis.Width - 1, y, canvas.Glyphs.More, Ink.Strong);
        }

        return end;
    }

    /// <summary>Behind the bar if it fits there, else before it; a remark never covers a bar.</summary>
    private static void PaintRemark(Canvas canvas, Plan plan, int y, WaterfallRow row, int barEnd)
    {
        int start = row.Pieces.Length == 0 ? 0 : plan.Axis.Cells(row.Pieces[0]).From;
        int after = plan.Axis.Width - barEnd - 1;
        if (Math.Max(after, start - 1) < LeastRemark)
        {
            return;
        }

        if (row.Remark.Length <= after || after >= start)
        {
            canvas.Text(plan.BarX + barEnd + (barEnd == 0 ? 0 : 1), y, row.Remark, Ink.Dim, after);
        }
        else
        {
            int width = Math.Min(row.Remark.Length, start - 1);
            canvas.Text(plan.BarX + start - 1 - width, y, row.Remark, Ink.Dim, width);
        }
    }

    private static void PaintDetail(Canvas canvas, int y, (string Label, string Text, Ink Ink) detail, bool selected)
    {
        canvas.Put(0, y, selected ? canvas.Glyphs.Marker : ' ', Ink.Strong);
        canvas.Text(2, y, detail.Label, Ink.Dim, LabelOfDetail);
        canvas.Text(2 + LabelOfDetail, y, detail.Text, detail.Ink);
    }

    /// <summary>Where the columns of a given width lie.</summary>
    private readonly record struct Plan(int TimeX, bool HasSelf, TimeAxis Axis)
    {
        public int SelfX => TimeX + FigureWidth;

        public int ShareX => HasSelf ? SelfX + FigureWidth : SelfX;

        public int BarX => ShareX + ShareWidth + 1;

        public static Plan For(int width, Trace trace)
        {
            bool hasSelf = width >= 76;
            int label = Math.Clamp(width / 3, 10, 34);
            int figures = FigureWidth + ShareWidth + 1 + (hasSelf ? FigureWidth : 0);
            return new Plan(label, hasSelf, TimeAxis.For(trace, width - label - figures));
        }
    }
}
