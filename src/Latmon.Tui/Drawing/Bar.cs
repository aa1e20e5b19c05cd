namespace Latmon.Tui.Drawing;

/// <summary>A share between 0 and 1 as a bar with eighth-cell precision.</summary>
internal static class Bar
{
    public static void Draw(Canvas canvas, int x, int y, int width, double share, Ink ink)
    {
        int eighths = (int)Math.Round(Math.Clamp(share, 0, 1) * width * 8);
        if (share > 0)
        {
            eighths = Math.Max(eighths, 1);
        }

        for (int i = 0; i < width; i++)
        {
            canvas.Put(x + i, y, canvas.Glyphs.Eighths[Math.Clamp(eighths - (i * 8), 0, 8)], ink);
        }
    }
}
