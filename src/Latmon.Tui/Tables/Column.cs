using Latmon.Tui.Drawing;

namespace Latmon.Tui.Tables;

/// <summary>One column of a table: what it says, how it sorts, and how soon it goes when the screen is narrow.</summary>
/// <param name="Width">In cells; 0 for the one column that takes what is left.</param>
/// <param name="Rank">Columns with the highest rank go first; 0 stays.</param>
/// <param name="Text">The row and the moment for which ages are told, in CLOCK_REALTIME nanoseconds.</param>
/// <param name="Order">The direction in which people expect it: slowest first, names from a to z.</param>
internal sealed record Column<T>(string Title, int Width, int Rank, Func<T, long, string> Text, Comparison<T> Order)
{
    public bool RightAligned { get; init; }

    public Func<T, Ink> Ink { get; init; } = _ => Drawing.Ink.Text;
}
