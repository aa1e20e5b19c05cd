using System.Collections.Immutable;
using Latmon.Pipeline.Windows;

namespace Latmon.Tui.HeatMap;

/// <summary>
/// Requests by the time at which they ended and by their duration, folded to the cells that there is room for. Columns begin at
/// whole multiples of their length, so that a request stays with its neighbours while time goes on.
/// </summary>
internal sealed class HeatGrid
{
    private readonly int[,] _counts;
    private readonly long _phaseNs;
    private readonly long _firstColumn;
    private readonly int _lowestBucket;
    private readonly int _bucketsPerRow;

    /// <param name="phaseNs">When the seconds begin after a full second of the wall clock: they are those of another clock.</param>
    private HeatGrid(int columns, int rows, long columnNs, long firstColumn, long phaseNs, int lowestBucket, int bucketsPerRow)
    {
        _phaseNs = phaseNs;
        _counts = new int[columns, rows];
        ColumnNs = columnNs;
        _firstColumn = firstColumn;
        _lowestBucket = lowestBucket;
        _bucketsPerRow = bucketsPerRow;
    }

    public int Columns => _counts.GetLength(0);

    public int Rows => _counts.GetLength(1);

    /// <summary>How much time a column covers.</summary>
    public long ColumnNs { get; }

    public int Max { get; private set; }

    /// <summary>Row 0 is the fastest.</summary>
    public int this[int column, int row] => _counts[column, row];

    /// <summary>Null when there is no request at all.</summary>
    public static HeatGrid? Of(ImmutableArray<TrafficSecond> seconds, int columns, int rows)
    {
        (int lowest, int highest) = Range(seconds);
        if (columns < 1 || rows < 1 || lowest > highest)
        {
            return null;
        }

        long spanned = ((seconds[^1].StartUnixNs - seconds[0].StartUnixNs) / TrafficSecond.LengthNs) + 1;
        long columnNs = ((spanned + columns - 1) / columns) * TrafficSecond.LengthNs;
        int perRow = (highest - lowest + rows) / rows;
        int usedRows = Math.Min(rows, ((highest - lowest) / perRow) + 1);
        long phaseNs = seconds[^1].StartUnixNs % TrafficSecond.LengthNs;
        long lastColumn = (seconds[^1].StartUnixNs - phaseNs) / columnNs;
        HeatGrid grid = new(columns, usedRows, columnNs, lastColumn - columns + 1, phaseNs, lowest, perRow);
        foreach (TrafficSecond second in seconds)
        {
            grid.Add(second);
        }

        return grid;
    }

    public (long FromUnixNs, long ToUnixNs) TimeOf(int column) =>
        (((_firstColumn + column) * ColumnNs) + _phaseNs, ((_firstColumn + column + 1) * ColumnNs) + _phaseNs);

    /// <summary>The first and the last row hold what is beyond them.</summary>
    public (long FromNs, long ToNs) DurationOf(int row)
    {
        int from = _lowestBucket + (row * _bucketsPerRow);
        int to = from + _bucketsPerRow;
        return (from <= 0 ? 0 : DurationBuckets.FromNs(from), to >= DurationBuckets.Count ? long.MaxValue : DurationBuckets.FromNs(to));
    }

    public (int Column, int Row) CellOf(long unixNs, long durationNs) => (
        (int)Math.Clamp(((unixNs - _phaseNs) / ColumnNs) - _firstColumn, 0, Columns - 1),
        Math.Clamp((DurationBuckets.Of(durationNs) - _lowestBucket) / _bucketsPerRow, 0, Rows - 1));

    /// <summary>0 to 4, by the logarithm of the count: one slow request among thousands is still seen.</summary>
    public int Level(int column, int row)
    {
        const double Least = 16;
        int count = _counts[column, row];
        return count == 0 ? 0 : 1 + Math.Min(3, (int)(Math.Log(count) / Math.Log(Math.Max(Least, Max)) * 4));
    }

    public int CountIn(int column) => Enumerable.Range(0, Rows).Sum(row => _counts[column, row]);

    /// <summary>Whole powers of two, so that the axis does not move with every request.</summary>
    private static (int Lowest, int Highest) Range(ImmutableArray<TrafficSecond> seconds)
    {
        int lowest = DurationBuckets.Count;
        int highest = -1;
        foreach (TrafficSecond second in seconds)
        {
            ReadOnlySpan<int> counts = second.Counts.AsSpan();
            int first = counts.IndexOfAnyExcept(0);
            if (first >= 0)
            {
                lowest = Math.Min(lowest, first);
                highest = Math.Max(highest, counts.LastIndexOfAnyExcept(0));
            }
        }

        return highest < 0 ? (1, 0) : (lowest & ~3, Math.Min(DurationBuckets.Count - 1, highest | 3));
    }

    private void Add(TrafficSecond second)
    {
        // The two clocks drift apart by less than half a second in two minutes.
        long column = ((second.StartUnixNs - _phaseNs + (TrafficSecond.LengthNs / 2)) / ColumnNs) - _firstColumn;
        if (column < 0 || column >= Columns)
        {
            return;
        }

        for (int bucket = 0; bucket < second.Counts.Length; bucket++)
        {
            if (second.Counts[bucket] > 0)
            {
                int row = Math.Clamp((bucket - _lowestBucket) / _bucketsPerRow, 0, Rows - 1);
                int count = _counts[column, row] += second.Counts[bucket];
                Max = Math.Max(Max, count);
            }
        }
    }
}
