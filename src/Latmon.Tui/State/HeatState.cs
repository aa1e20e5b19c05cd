using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.HeatMap;
using Latmon.Tui.Waterfall;

namespace Latmon.Tui.State;

/// <summary>The cursor of the heat map. It stands on a moment and a duration and not on a cell: it goes with its requests.</summary>
internal sealed class HeatState
{
    private long _atUnixNs;
    private long _durationNs;

    /// <summary>As it was last drawn; the view sets it.</summary>
    public HeatGrid? Grid { get; set; }

    public (int Column, int Row) Cell => Grid?.CellOf(_atUnixNs, _durationNs) ?? default;

    /// <summary>False until there was a request to stand on.</summary>
    public bool IsAimed => _atUnixNs != 0;

    public void Aim(Trace trace) => (_atUnixNs, _durationNs) = (trace.StartUnixNs + trace.DurationNs, trace.DurationNs);

    public void Move(int columns, int rows)
    {
        if (Grid is { } grid)
        {
            (int column, int row) = Cell;
            MoveTo(Math.Clamp(column + columns, 0, grid.Columns - 1), Math.Clamp(row + rows, 0, grid.Rows - 1));
        }
    }

    public void MoveTo(int column, int row)
    {
        if (Grid is { } grid && column >= 0 && column < grid.Columns && row >= 0 && row < grid.Rows)
        {
            _atUnixNs = grid.TimeOf(column).FromUnixNs;
            _durationNs = grid.DurationOf(row).FromNs;
        }
    }

    /// <summary>The requests under the cursor, or all that ended in its column.</summary>
    public ListScope? Scope(bool wholeColumn, ListKind from, TimeZoneInfo zone)
    {
        if (Grid is not { } grid)
        {
            return null;
        }

        (long fromUnixNs, long toUnixNs) = grid.TimeOf(Cell.Column);
        (long fromNs, long toNs) = wholeColumn ? (0, long.MaxValue) : grid.DurationOf(Cell.Row);
        string duration = wholeColumn ? "" : $", {DurationText(fromNs, toNs)}";
        return ListScope.Range($"{TimeText(fromUnixNs, toUnixNs, zone)}{duration}", fromUnixNs, toUnixNs, fromNs, toNs, from);
    }

    private static string TimeText(long fromUnixNs, long toUnixNs, TimeZoneInfo zone)
    {
        string from = RequestDetail.ClockTime(fromUnixNs, zone, "HH:mm:ss");
        return toUnixNs - fromUnixNs <= TrafficSecond.LengthNs ? from : $"{from}-{RequestDetail.ClockTime(toUnixNs, zone, "HH:mm:ss")}";
    }

    private static string DurationText(long fromNs, long toNs) => toNs == long.MaxValue
        ? $"from {LatencyText.Format(fromNs)}"
        : $"{LatencyText.Format(fromNs)} to {LatencyText.Format(toNs)}";
}
