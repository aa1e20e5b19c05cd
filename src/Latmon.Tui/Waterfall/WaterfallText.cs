using System.Drawing;
using System.Text;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tables;
using Terminal.Gui.Drawing;

namespace Latmon.Tui.Waterfall;

/// <summary>A waterfall as plain text, for a chat or a ticket: the same bars, 100 columns wide.</summary>
internal static class WaterfallText
{
    private const int LabelWidth = 36;
    private const int BarWidth = 46;

    private static readonly Theme Plain = new(Output.ColorMode.Mono);

    public static string Of(Trace trace, IReadOnlyList<WaterfallRow> rows, TimeZoneInfo zone, GlyphSet glyphs)
    {
        StringBuilder text = new();
        int status = RequestColumns.Status(trace);
        text.Append(Clean(RequestColumns.RequestText(trace), glyphs)).Append(status == 0 ? "" : $"  {status}")
            .Append("  ").Append(LatencyText.Format(trace.DurationNs)).Append("  id ").AppendLine(Clean(trace.Id, glyphs));
        text.AppendJoin(", ", Dominant.Told(trace, 4).Select(part => Clean(part.Text, glyphs))).AppendLine();
        TimeAxis axis = TimeAxis.For(trace, BarWidth, new AxisZoom());
        foreach (WaterfallRow row in rows)
        {
            text.AppendLine($"{Label(row, glyphs)}{LatencyText.Format(row.DurationNs),8} {Share(row, trace),5} {Bar(row, axis, glyphs)}".TrimEnd());
        }

        foreach (DetailLine line in RequestDetail.Of(trace, zone, glyphs))
        {
            text.AppendLine($"{line.Label,-13}{Clean(line.Text, glyphs)}");
        }

        return text.ToString();
    }

    private static string Label(WaterfallRow row, GlyphSet glyphs)
    {
        string mark = row switch
        {
            { IsTrouble: true } => "!",
            { Evidence: Evidence.Inferred } => "~",
            { Evidence: Evidence.Unavailable } => "?",
            _ => " ",
        };
        string label = mark + new string(' ', 2 * Math.Min(row.Depth, 6)) + Clean(row.Label, glyphs);
        return label.Length > LabelWidth ? label[..(LabelWidth - 1)] + glyphs.Cut : label.PadRight(LabelWidth);
    }

    private static string Share(WaterfallRow row, Trace trace) =>
        row.AfterResponse || row.DurationNs is not { } ns ? "" : ShareText.Of(ns, trace.DurationNs);

    private static string Bar(WaterfallRow row, TimeAxis axis, GlyphSet glyphs)
    {
        Cell[,] cells = new Cell[1, BarWidth];
        Canvas canvas = new(cells, new bool[1], new Rectangle(0, 0, BarWidth, 1), Plain, glyphs);
        canvas.Clear();
        new BarPainter(canvas, axis, 0, 0).Draw(row);
        return string.Concat(Enumerable.Range(0, BarWidth).Select(cell => cells[0, cell].Grapheme));
    }

    private static string Clean(string text, GlyphSet glyphs) => SafeText.Clean(text, glyphs.IsAscii);
}
