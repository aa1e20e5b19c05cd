using Latmon.Tui.Drawing;

namespace Latmon.Tui.Views;

/// <summary>A line made of parts, of which the least important go first when the screen is narrow.</summary>
internal sealed class LineSegments
{
    private const int Gap = 2;

    private readonly List<(string Text, Ink Ink, int Rank)> _parts = [];

    /// <param name="rank">0 stays; the highest goes first.</param>
    public void Add(string text, Ink ink, int rank)
    {
        if (text.Length > 0)
        {
            _parts.Add((text, ink, rank));
        }
    }

    public void Paint(Canvas canvas, int y)
    {
        List<(string Text, Ink Ink, int Rank)> parts = [.. _parts];
        while (parts.Count > 1 && parts.Sum(part => part.Text.Length + Gap) - Gap > canvas.Width)
        {
            (string Text, Ink Ink, int Rank) least = parts.MaxBy(part => part.Rank);
            if (least.Rank == 0)
            {
                break;
            }

            parts.Remove(least);
        }

        int x = 0;
        foreach ((string text, Ink ink, _) in parts)
        {
            x = canvas.Text(x, y, text, ink) + Gap;
        }
    }
}
