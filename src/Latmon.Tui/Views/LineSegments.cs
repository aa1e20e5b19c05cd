using Latmon.Tui.Drawing;

namespace Latmon.Tui.Views;

/// <summary>A line made of parts, of which the least important go first when the screen is narrow.</summary>
internal sealed class LineSegments
{
    private const int Gap = 2;

    private readonly List<(string Text, Ink Ink, int Rank)> _parts = [];

    public int Count => _parts.Count;

    /// <param name="rank">0 stays; the highest goes first.</param>
    public void Add(string text, Ink ink, int rank)
    {
        if (text.Length > 0)
        {
            _parts.Add((text, ink, rank));
        }
    }

    /// <returns>Where each part begins, in the order in which they were added; -1 for those left out.</returns>
    public int[] Paint(Canvas canvas, int y)
    {
        int left = canvas.Width + Gap;
        HashSet<int> shown = [];
        foreach (int index in Enumerable.Range(0, _parts.Count).OrderBy(index => _parts[index].Rank))
        {
            int width = _parts[index].Text.Length + Gap;
            if (_parts[index].Rank == 0 || width <= left)
            {
                shown.Add(index);
                left -= width;
            }
        }

        int[] starts = [.. Enumerable.Repeat(-1, _parts.Count)];
        int x = 0;
        foreach (int index in shown.Order())
        {
            starts[index] = x;
            x = canvas.Text(x, y, _parts[index].Text, _parts[index].Ink) + Gap;
        }

        return starts;
    }
}
