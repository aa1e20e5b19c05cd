using System.Drawing;
using System.Globalization;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Drawing;
using Latmon.Tui.HeatMap;
using Latmon.Tui.State;
using Latmon.Tui.Tables;
using Latmon.Tui.Waterfall;

namespace Latmon.Tui.Views;

/// <summary>
/// All requests of the kept minutes, time across and duration up, the more the darker:
/// <code>
/// ─ ▸ Heat map of all requests: slow every 20.0s (6 times) ─
///  12:00:05, 300ms to 400ms: 6 requests, 4 kept
///  94% Socket wait   6% App: blocked
///  400ms│          ░           ░           ░
///   10ms│░░░░░░░░░░ ░░░░░░░░░░░ ░░░░░░░░░░░ ░░░░
///    1ms│██████████ ███████████ ███████████ ████
///       └12:00:00       12:00:20        12:00:40
/// </code>
/// </summary>
internal sealed class HeatMapView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    private const int AxisWidth = 8;
    private const int LeastToldHeight = 12;
    private const int LabelEvery = 3;
    private const int TimeEvery = 16;

    /// <summary>The cell under a place of the pane; null outside of the map.</summary>
    public static (int Column, int Row)? CellAt(HeatGrid? grid, Size pane, int x, int y)
    {
        int row = pane.Height - 2 - y;
        return grid is not null && x >= AxisWidth && x < AxisWidth + grid.Columns && row >= 0 && row < grid.Rows
            ? (x - AxisWidth, row)
            : null;
    }

    protected override void Paint(Canvas canvas)
    {
        bool focused = State.Panes.Focus == Pane.Detail;
        string rhythm = SlowRhythm.Of(State.Shown.Seconds) is { } found
            ? string.Create(CultureInfo.InvariantCulture, $": slow every {found.EverySeconds:0.0}s ({found.Times} times)")
            : "";
        PaintTitle(canvas, $"Heat map of all requests{rhythm}", focused);
        HeatGrid? grid = HeatGrid.Of(State.Shown.Seconds, canvas.Width - AxisWidth, canvas.Height - (Tells(canvas) ? 4 : 3));
        State.Heat.Grid = grid;
        if (grid is null)
        {
            canvas.Text(1, 2, "No second with a finished request is closed yet; the map begins in a moment.", Ink.Text);
            return;
        }

        if (!State.Heat.IsAimed && State.Inspected is { } inspected)
        {
            State.Heat.Aim(inspected);
        }

        PaintCursorText(canvas, grid);
        PaintAxes(canvas, grid);
        (int Column, int Row) cursor = State.Heat.Cell;
        for (int row = 0; row < grid.Rows; row++)
        {
            for (int column = 0; column < grid.Columns; column++)
            {
                int level = grid.Level(column, row);
                bool selected = focused && (column, row) == cursor;
                canvas.Put(AxisWidth + column, canvas.Height - 2 - row, canvas.Glyphs.Heat[level], selected ? Ink.Selected : InkOf(level));
            }
        }
    }

    private static Ink InkOf(int level) => level >= 3 ? Ink.Strong : Ink.Text;

    private void PaintCursorText(Canvas canvas, HeatGrid grid)
    {
        (int column, int row) = State.Heat.Cell;
        if (State.Heat.Scope(wholeColumn: false, State.Lists.Kind, State.Options.Clock.LocalTimeZone) is { } scope)
        {
            Trace[] kept = [.. State.Lists.Kept.Where(scope.Includes)];
            string text = $"{scope.Title}: {grid[column, row]} of {grid.CountIn(column)} requests, {kept.Length} kept";
            canvas.Text(1, 1, text, Ink.Strong);
            PaintTold(canvas, Tells(canvas) ? kept : []);
        }
    }

    private static bool Tells(Canvas canvas) => canvas.Height >= LeastToldHeight;

    /// <summary>What those under the cursor spent their time in, all together.</summary>
    private static void PaintTold(Canvas canvas, Trace[] kept)
    {
        const int Most = 3;
        int x = 1;
        foreach ((string text, Ink ink) in Dominant.Told(kept, Most))
        {
            canvas.Put(x, 2, canvas.Glyphs.Bar(ink), ink);
            canvas.Text(x + 2, 2, text, Ink.Text);
            x += text.Length + 5;
        }
    }

    private void PaintAxes(Canvas canvas, HeatGrid grid)
    {
        for (int row = 0; row < grid.Rows; row += LabelEvery)
        {
            canvas.Right(0, canvas.Height - 2 - row, LatencyText.Format(grid.DurationOf(row).FromNs), Ink.Heading, AxisWidth - 1);
        }

        for (int column = 0; column < grid.Columns; column++)
        {
            long fromUnixNs = grid.TimeOf(column).FromUnixNs;
            if (fromUnixNs / grid.ColumnNs % TimeEvery == 0 && AxisWidth + column + AxisWidth <= canvas.Width)
            {
                string time = RequestDetail.ClockTime(fromUnixNs, State.Options.Clock.LocalTimeZone, "HH:mm:ss");
                canvas.Text(AxisWidth + column, canvas.Height - 1, time, Ink.Heading);
            }
        }

        string length = $"{grid.ColumnNs / TrafficSecond.LengthNs}s/col";
        canvas.Text(0, canvas.Height - 1, length, Ink.Heading, AxisWidth - 1);
    }
}
