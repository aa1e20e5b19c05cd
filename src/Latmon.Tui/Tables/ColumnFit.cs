namespace Latmon.Tui.Tables;

/// <summary>Which columns a width can hold, and how wide each becomes.</summary>
internal static class ColumnFit
{
    /// <summary>Below this the flexible column says nothing.</summary>
    private const int LeastFlexible = 16;

    public static (int Column, int Width)[] Fit(IReadOnlyList<ColumnShape> columns, int width)
    {
        List<int> kept = [.. Enumerable.Range(0, columns.Count)];
        while (Needed(columns, kept) > width && kept.Exists(index => columns[index].Rank > 0))
        {
            kept.Remove(kept.MaxBy(index => columns[index].Rank));
        }

        int left = width - Needed(columns, kept) + LeastFlexible;
        return [.. kept.Select(index => (index, columns[index].Width == 0 ? Math.Max(1, left) : columns[index].Width))];
    }

    private static int Needed(IReadOnlyList<ColumnShape> columns, List<int> kept) =>
        kept.Sum(index => columns[index].Width == 0 ? LeastFlexible : columns[index].Width) + kept.Count - 1;
}
