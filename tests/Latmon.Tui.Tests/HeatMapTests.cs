using System.Drawing;
using Latmon.Pipeline.Windows;
using Latmon.Tui.HeatMap;
using Latmon.Tui.State;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

public sealed class HeatMapTests
{
    [Theory]
    [InlineData(120, 40)]
    [InlineData(17, 5)]
    [InlineData(1, 1)]
    public void No_request_is_lost_by_folding(int columns, int rows)
    {
        Snapshot snapshot = Traffic.Pausing();
        HeatGrid grid = HeatGrid.Of(snapshot.Seconds, columns, rows)!;
        int sum = Enumerable.Range(0, grid.Columns).Sum(grid.CountIn);

        Assert.InRange(sum, snapshot.Seconds.Sum(second => second.Counts.Sum()) * (columns - 1) / columns, int.MaxValue);
        Assert.True(grid.Rows <= rows);
    }

    [Fact]
    public void Every_cell_finds_itself()
    {
        HeatGrid grid = HeatGrid.Of(Traffic.Pausing().Seconds, 60, 12)!;
        for (int column = 0; column < grid.Columns; column++)
        {
            for (int row = 0; row < grid.Rows; row++)
            {
                Assert.Equal((column, row), grid.CellOf(grid.TimeOf(column).FromUnixNs, grid.DurationOf(row).FromNs));
            }
        }
    }

    [Fact]
    public void The_cursor_begins_at_the_inspected_request_and_lists_its_neighbours()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Traffic.Pausing());
        string slowest = screen.State.Inspected!.Id;
        screen.Type("m").Press(Key.Enter);

        Assert.Equal(Pane.Requests, screen.State.Panes.Focus);
        Assert.Contains(slowest, screen.State.Requests.Rows.Select(trace => trace.Id));
        Assert.All(screen.State.Requests.Rows, trace => Assert.Equal("GET /checkout", trace.Name));
    }

    [Fact]
    public void A_map_that_was_opened_before_the_first_request_stands_on_one_when_there_is_one()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Type("mz").Show(Traffic.Pausing());

        Assert.NotEqual(0, screen.State.Heat.Grid![screen.State.Heat.Cell.Column, screen.State.Heat.Cell.Row]);
    }

    [Fact]
    public void A_column_lists_all_that_ended_in_it()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Traffic.Pausing()).Type("mza");

        Assert.Equal(6, screen.State.Requests.Count);
        screen.Press(Key.Esc, Key.Esc, Key.Esc);
        Assert.Null(screen.State.Lists.Scope);
    }

    [Fact]
    public void Arrows_move_the_cursor_and_it_stays_with_its_requests()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Traffic.Pausing()).Type("mz").Press(Key.CursorLeft, Key.CursorUp);
        (int column, int row) = screen.State.Heat.Cell;
        screen.Show(Traffic.Pausing(step: 5));

        Assert.Equal((column - 5, row), screen.State.Heat.Cell);
    }

    [Fact]
    public void A_click_moves_the_cursor()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Traffic.Pausing()).Type("mz").Click(new Point(100, 50));

        Assert.Equal(92, screen.State.Heat.Cell.Column);
    }
}
