using Latmon.Tui.Drawing;

namespace Latmon.Tui.Tables;

/// <summary>What a column needs of the screen, whatever its rows are.</summary>
/// <param name="Width">In cells; 0 for the one column that takes what is left.</param>
/// <param name="Rank">Columns with the highest rank go first when the screen is narrow; 0 stays.</param>
internal abstract record ColumnShape(string Title, int Width, int Rank)
{
    public bool RightAligned { get; init; }
}

/// <summary>One column of a table: what it says and how it sorts.</summary>
/// <param name="Text">The row and the moment for which ages are told, in CLOCK_REALTIME nanoseconds.</param>
/// <param name="Order">The direction in which people expect it: slowest first, names from a to z.</param>
internal sealed record Column<T>(string Title, int Width, int Rank, Func<T, long, string> Text, Comparison<T> Order)
    : ColumnShape(Title, Width, Rank)
{
    public Func<T, Ink> Ink { get; init; } = _ => Drawing.Ink.Text;
}
