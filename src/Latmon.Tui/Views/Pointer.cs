using System.Drawing;
using Latmon.Tui.Keys;
using Latmon.Tui.State;

namespace Latmon.Tui.Views;

/// <summary>
/// What the mouse does: the wheel moves the list under it; a click takes the focus and selects, on the selected line it
/// opens, on a heading it sorts, on a term of the filter it removes it; the borders between the panes can be dragged.
/// </summary>
internal sealed class Pointer(ScreenState state, ScreenCommands commands)
{
    private enum Border
    {
        None,
        UnderLayers,
        BesideList,
    }

    private Border _dragged;

    public void Wheel(ScreenLayout layout, Point at, int lines)
    {
        if (PaneAt(layout, at) is { } pane)
        {
            state.Panes.FocusOn(pane);
            commands.Move(cursor => cursor.Move(lines));
        }
    }

    public void Press(ScreenLayout layout, Point at)
    {
        _dragged = BorderAt(layout, at);
        if (at.Y == 0)
        {
            ClickTerm(at.X - state.FilterColumn);
        }
        else if (_dragged == Border.None && PaneAt(layout, at) is { } pane)
        {
            bool hadFocus = state.Panes.Focus == pane;
            state.Panes.FocusOn(pane);
            if (pane == Pane.Detail && state.Detail == DetailKind.HeatMap)
            {
                ClickMap(layout.Detail, at);
            }
            else if (pane != Pane.Detail || state.Detail == DetailKind.Waterfall)
            {
                Click(layout, pane, at, hadFocus);
            }
        }
    }

    public void Drag(ScreenLayout layout, Point at, Size screen)
    {
        if (_dragged == Border.BesideList)
        {
            state.Panes.Widen((at.X * 100 / Math.Max(1, screen.Width)) - state.Panes.ListPercent);
        }
        else if (_dragged == Border.UnderLayers)
        {
            state.Panes.CutLayers(layout.LayersPane.Bottom - at.Y);
        }
    }

    public void Release() => _dragged = Border.None;

    private static Pane? PaneAt(ScreenLayout layout, Point at) => layout switch
    {
        _ when layout.LayersPane.Contains(at) => Pane.Layers,
        _ when layout.List.Contains(at) => Pane.Requests,
        _ when layout.Detail.Contains(at) => Pane.Detail,
        _ => null,
    };

    private static Border BorderAt(ScreenLayout layout, Point at) =>
        !layout.Detail.IsEmpty && !layout.List.IsEmpty && at.X == layout.List.Right && at.Y >= layout.List.Y ? Border.BesideList
        : !layout.LayersPane.IsEmpty && !layout.List.IsEmpty && at.Y == layout.List.Y ? Border.UnderLayers
        : Border.None;

    private void Click(ScreenLayout layout, Pane pane, Point at, bool hadFocus)
    {
        (Rectangle place, int headings, ListCursor? cursor) = pane switch
        {
            Pane.Layers => (layout.LayersPane, 1, state.LayerCursor),
            Pane.Requests => (layout.List, ListView.HeadLines, state.Lists.Active.Cursor),
            _ => (layout.Detail, WaterfallView.HeadLines(layout.Detail.Height), state.Waterfall.Cursor),
        };
        int line = at.Y - place.Y - headings;
        if (line < 0)
        {
            SortAt(pane, layout.List.Width, at.X - place.X, line);
            return;
        }

        int index = cursor.Top + line;
        if (index >= cursor.Count)
        {
            return;
        }

        bool again = hadFocus && index == cursor.Index;
        commands.Move(each => each.MoveTo(index));
        if (again)
        {
            commands.Enter();
        }
    }

    /// <summary>A click on a term of the filter removes it.</summary>
    private void ClickTerm(int at)
    {
        Range[] hit = [.. FilterTerms.In(state.Filter.ToString()).Where(term => at >= term.Start.Value && at < term.End.Value)];
        if (state.FilterColumn >= 0 && !state.FilterLine.IsOpen && hit.Length == 1)
        {
            state.RemoveTerm(hit[0]);
        }
    }

    private void ClickMap(Rectangle place, Point at)
    {
        if (HeatMapView.CellAt(state.Heat.Grid, place.Size, at.X - place.X, at.Y - place.Y) is { } cell)
        {
            bool again = state.Heat.Cell == cell;
            state.Heat.MoveTo(cell.Column, cell.Row);
            if (again)
            {
                commands.Enter();
            }
        }
    }

    private void SortAt(Pane pane, int width, int x, int line)
    {
        if (pane != Pane.Requests || line != -1)
        {
            return;
        }

        int column = ListView.ColumnAt(state.Lists.Active, width, x);
        if (column >= 0 && column == state.Lists.Active.SortIndex)
        {
            state.Lists.Active.Reverse();
        }
        else if (column >= 0)
        {
            state.Lists.Active.SortBy(column);
        }
    }
}
