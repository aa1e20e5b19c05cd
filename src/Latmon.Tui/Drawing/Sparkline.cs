using System.Collections.Immutable;

namespace Latmon.Tui.Drawing;

/// <summary>
/// The last windows as one row of bars, newest on the right, scaled to the row's own highest value. A window without
/// a request is a gap, not a zero.
/// </summary>
internal static class Sparkline
{
    public static void Draw(Canvas canvas, int x, int y, int width, ImmutableArray<long> values, Ink? ink = null)
    {
        int first = Math.Max(0, values.Length - width);
        ReadOnlySpan<long> shown = values.AsSpan()[first..];
        long top = 0;
        foreach (long value in shown)
        {
            top = Math.Max(top, value);
        }

        long usual = Median(shown);
        int at = x + width - shown.Length;
        canvas.Fill(x, y, width - shown.Length, ' ', Ink.Text);
        foreach (long value in shown)
        {
            canvas.Put(at++, y, Glyph(canvas.Glyphs, value, top), ink ?? Severity(value, usual));
        }
    }

    private static char Glyph(GlyphSet glyphs, long value, long top)
    {
        if (value < 0 || top == 0)
        {
            return ' ';
        }

        int level = (int)Math.Ceiling(8.0 * value / top);
        return glyphs.Spark[Math.Clamp(level, 1, 8)];
    }

    /// <summary>Against the row's own median: what is usual for a disk-bound application would be an alarm for a cache.</summary>
    private static Ink Severity(long value, long usual) =>
        value > 8 * usual ? Ink.Severe : value > 3 * usual ? Ink.Raised : Ink.Calm;

    private static long Median(ReadOnlySpan<long> values)
    {
        long[] sorted = [.. values.ToArray().Where(value => value >= 0).Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
