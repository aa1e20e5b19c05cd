using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tables;
using Latmon.Tui.Waterfall;

namespace Latmon.Tui.Views;

/// <summary>
/// One request on one time axis, and under it what is known of the bar under the cursor:
/// <code>
/// ─ ▸ GET /checkout  200  53.2ms  (pinned) ───────────────────────────
///  94% 60x SELECT t, 4% App: running
///                          time   self   %  0      20ms      40ms
///   Whole request        53.2ms       100%  █▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓█
///   Application          52.0ms 1.40ms 98%  ████████████████████████
///   + 60x SELECT t       50.1ms        94%   ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
///   Network egress        204us                                     ╱╱ after the response
/// ─ Application ──────────────────────────────────────────────────────
///   means       from reading the request to the first byte of the response
/// </code>
/// </summary>
internal sealed class WaterfallView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    private const int FigureWidth = 8;
    private const int ShareWidth = 5;
    private const int LabelOfDetail = 13;
    private const int LeastHeightForBox = 14;
    private const int MostInBox = 11;

    /// <summary>Title, verdict where there is room for it, and the headings of the axis.</summary>
    public static int HeadLines(int height) => height >= LeastHeightForBox ? 3 : 2;

    protected override void Paint(Canvas canvas)
    {
        bool focused = State.Panes.Focus == Pane.Detail;
        if (State.Inspected is not { } trace)
        {
            PaintTitle(canvas, "Waterfall", focused);
            canvas.Text(1, 2, "No request selected. Choose one in the list with the arrows, then Enter.", Ink.Text);
            return;
        }

        PaintTitle(canvas, TitleText(trace), focused);
        List<DetailLine> details = Wrapped(Details(trace, focused, canvas.Glyphs), canvas.Width - LabelOfDetail - 2);
        if (State.Waterfall.ShowsAllDetails)
        {
            PaintDetails(canvas, details, 1, canvas.Height - 1, scroll: true);
            return;
        }

        bool hasVerdict = canvas.Height >= LeastHeightForBox;
        int box = hasVerdict ? BoxHeight(canvas.Height, details.Count, State.WaterfallRows.Length) : 0;
        if (hasVerdict)
        {
            PaintVerdict(canvas, trace);
        }

        int top = hasVerdict ? 2 : 1;
        PaintRows(canvas, trace, top, canvas.Height - top - box, focused);
        if (box > 0)
        {
            PaintBox(canvas, details, canvas.Height - box, box);
        }
    }

    /// <summary>The rows get what they need first, the box at least a quarter of the pane.</summary>
    private static int BoxHeight(int height, int details, int rows)
    {
        int least = Math.Min(MostInBox, height / 4);
        return Math.Min(Math.Max(least, height - 3 - rows), details + 1);
    }

    private string TitleText(Trace trace)
    {
        int status = RequestColumns.Status(trace);
        string statusText = status == 0 ? "" : $"  {status}";
        string pinned = State.Pinned is null ? "" : "  (pinned)";
        string zoom = State.Waterfall.Zoom.IsWhole ? "" : $"  zoom {1 / State.Waterfall.Zoom.Part:0}x";
        return $"{RequestColumns.RequestText(trace)}{statusText}  {LatencyText.Format(trace.DurationNs)}{pinned}{zoom}";
    }

    private static void PaintVerdict(Canvas canvas, Trace trace)
    {
        int x = 1;
        foreach ((string text, Ink ink) in Dominant.Told(trace, 4))
        {
            if (x + 2 + text.Length > canvas.Width && x > 1)
            {
                return;
            }

            canvas.Put(x, 1, canvas.Glyphs.Bar(ink), ink);
            x = canvas.Text(x + 2, 1, text, Ink.Strong) + 3;
        }
    }

    private List<DetailLine> Details(Trace trace, bool focused, GlyphSet glyphs)
    {
        WaterfallRow? row = focused ? State.Waterfall.Selected(trace) : null;
        bool isWhole = row is null or { Style: BarStyle.Stacked or BarStyle.Cpu };
        List<DetailLine> lines = isWhole ? [] : BarDetail.Of(row!, trace);
        if (isWhole || State.Waterfall.ShowsAllDetails)
        {
            lines.AddRange(RequestDetail.Of(trace, State.Options.Clock.LocalTimeZone, glyphs));
        }

        return lines;
    }

    /// <summary>A text longer than the pane goes on under itself.</summary>
    private static List<DetailLine> Wrapped(List<DetailLine> lines, int width) =>
        [.. lines.SelectMany(line => TextWrap.Lines(line.Text, Math.Max(10, width))
            .Select((text, index) => line with { Label = index == 0 ? line.Label : "", Text = text }))];

    private void PaintRows(Canvas canvas, Trace trace, int top, int height, bool focused)
    {
        ImmutableArray<WaterfallRow> rows = State.WaterfallRows;
        Plan plan = Plan.For(canvas.Width, trace, State.Waterfall.Zoom);
        PaintHeadings(canvas, plan, top);
        State.Waterfall.Cursor.Resize(rows.Length, height - 1);
        for (int line = 0; line < height - 1; line++)
        {
            int index = State.Waterfall.Cursor.Top + line;
            if (index < rows.Length)
            {
                PaintRow(canvas, plan, top + 1 + line, rows[index], trace, focused && index == State.Waterfall.Cursor.Index);
            }
        }
    }

    private static void PaintHeadings(Canvas canvas, Plan plan, int y)
    {
        canvas.Right(plan.TimeX, y, "time", Ink.Heading, FigureWidth);
        if (plan.HasSelf)
        {
            canvas.Right(plan.SelfX, y, "self", Ink.Heading, FigureWidth);
        }

        canvas.Right(plan.ShareX, y, "%", Ink.Heading, ShareWidth);
        foreach ((int cell, long ns) in plan.Axis.Ticks())
        {
            string text = ns == 0 ? "0" : LatencyText.Format(ns);
            if (plan.BarX + cell + text.Length <= canvas.Width)
            {
                canvas.Text(plan.BarX + cell, y, text, Ink.Heading);
            }
        }
    }

    private static void PaintRow(Canvas canvas, Plan plan, int y, WaterfallRow row, Trace trace, bool selected)
    {
        char mark = row switch
        {
            { IsTrouble: true } => '!',
            { Evidence: Evidence.Inferred } => '~',
            { Evidence: Evidence.Unavailable } => '?',
            _ => ' ',
        };
        canvas.Put(0, y, selected ? canvas.Glyphs.Marker : ' ', Ink.Strong);
        canvas.Put(1, y, mark, row.IsTrouble ? Ink.Severe : Ink.Raised);
        int indent = 2 + (2 * Math.Min(row.Depth, 6));
        string fold = row.FoldKey is null ? "" : row.IsOpen ? "- " : "+ ";
        Ink ink = selected ? Ink.Selected : row.AfterResponse ? Ink.Dim : row.Style == BarStyle.Stacked ? Ink.Strong : Ink.Text;
        canvas.Text(indent, y, fold + row.Label, ink, plan.TimeX - indent);
        canvas.Right(plan.TimeX, y, LatencyText.Format(row.DurationNs), Ink.Strong, FigureWidth);
        if (plan.HasSelf && row.SelfNs is { } selfNs && selfNs < row.DurationNs)
        {
            canvas.Right(plan.SelfX, y, LatencyText.Format(selfNs), Ink.Text, FigureWidth);
        }

        if (row.DurationNs is { } ns && !row.AfterResponse)
        {
            canvas.Right(plan.ShareX, y, ShareText.Of(ns, trace.DurationNs), Ink.Text, ShareWidth);
        }

        new BarPainter(canvas, plan.Axis, plan.BarX, y).Draw(row);
    }

    private void PaintBox(Canvas canvas, List<DetailLine> details, int y, int height)
    {
        canvas.Fill(0, y, canvas.Width, canvas.Glyphs.Rule, Ink.Dim);
        bool isCut = details.Count > height - 1;
        canvas.Text(1, y, isCut ? " Details (d all) " : " Details ", Ink.Title);
        PaintDetails(canvas, details, y + 1, height - 1, scroll: false);
    }

    private void PaintDetails(Canvas canvas, List<DetailLine> details, int y, int height, bool scroll)
    {
        if (scroll)
        {
            State.Waterfall.DetailCursor.Resize(Math.Max(1, details.Count - height + 1), 1);
        }

        int first = scroll ? State.Waterfall.DetailCursor.Index : 0;
        for (int line = 0; line < height && first + line < details.Count; line++)
        {
            DetailLine detail = details[first + line];
            canvas.Text(2, y + line, detail.Label, Ink.Dim, LabelOfDetail - 1);
            canvas.Text(1 + LabelOfDetail, y + line, detail.Text, detail.Ink);
        }
    }

    /// <summary>Where the columns of a given width lie.</summary>
    private readonly record struct Plan(int TimeX, bool HasSelf, TimeAxis Axis)
    {
        public int SelfX => TimeX + FigureWidth;

        public int ShareX => HasSelf ? SelfX + FigureWidth : SelfX;

        public int BarX => ShareX + ShareWidth + 1;

        public static Plan For(int width, Trace trace, AxisZoom zoom)
        {
            bool hasSelf = width >= 76;
            int label = Math.Clamp(width / 3, 10, 34);
            int figures = FigureWidth + ShareWidth + 1 + (hasSelf ? FigureWidth : 0);
            return new Plan(label, hasSelf, TimeAxis.For(trace, width - label - figures, zoom));
        }
    }
}
