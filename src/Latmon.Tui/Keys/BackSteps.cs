using Latmon.Tui.State;

namespace Latmon.Tui.Keys;

/// <summary>
/// What Esc does: one level back, the innermost first. On the last level nothing: leaving the program by one Esc too many is no
/// way to leave.
/// </summary>
internal static class BackSteps
{
    /// <returns>False on the last level.</returns>
    public static bool Take(ScreenState state) => CloseLine(state) || LeaveDetail(state) || LeaveList(state);

    private static bool CloseLine(ScreenState state)
    {
        if (state.IsHelpOpen)
        {
            state.IsHelpOpen = false;
            return true;
        }

        if (state.FilterLine.IsOpen)
        {
            state.CloseFilter();
            return true;
        }

        if (state.Search.IsOpen || (state.Panes.Focus == Pane.Requests && state.Lists.Active.Search.Length > 0))
        {
            state.Lists.Active.Search = "";
            state.Search.Close();
            return true;
        }

        return false;
    }

    private static bool LeaveDetail(ScreenState state)
    {
        if (state.Waterfall.ShowsAllDetails)
        {
            state.Waterfall.ShowsAllDetails = false;
        }
        else if (state.Panes.IsZoomed)
        {
            state.Panes.IsZoomed = false;
        }
        else if (state.Panes.Focus == Pane.Detail || state.Pinned is not null || state.IsDetailChosen)
        {
            state.ChooseDetail(null);
            state.Waterfall.Pin(null);
            state.Panes.FocusOn(Pane.Requests);
        }
        else
        {
            return false;
        }

        return true;
    }

    private static bool LeaveList(ScreenState state)
    {
        if (state.Lists.Scope is not null)
        {
            state.Lists.Leave();
        }
        else if (state.Lists.IsSortedByLayer)
        {
            state.Lists.SortByLayer(null);
        }
        else if (state.Lists.Kind != ListKind.Slowest)
        {
            state.Lists.ShowKind(ListKind.Slowest);
        }
        else
        {
            return false;
        }

        return true;
    }
}
