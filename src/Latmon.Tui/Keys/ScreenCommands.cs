using Latmon.Pipeline;
using Latmon.Tui.State;

namespace Latmon.Tui.Keys;

/// <summary>What the keys of <see cref="KeyTable"/> do.</summary>
internal sealed class ScreenCommands(ScreenState state)
{
    private static readonly int[] RefreshSteps = [100, 250, 500, 1_000, 2_000, 5_000];

    private int _refreshStep =
        Math.Max(0, Array.FindLastIndex(RefreshSteps, ms => ms <= state.Options.Refresh.TotalMilliseconds));

    public ScreenState State => state;

    public required Action Quit { get; init; }

    public required Action Redraw { get; init; }

    public required Action Suspend { get; init; }

    public required Action<TimeSpan> Refresh { get; init; }

    public void Move(Action<ListCursor> how)
    {
        if (state.IsHelpOpen)
        {
            how(state.HelpCursor);
        }
        else if (state.Focus == Pane.Layers)
        {
            how(state.LayerCursor);
        }
        else if (state.Focus == Pane.Waterfall)
        {
            how(state.WaterfallCursor);
        }
        else if (state.ShowsGroups)
        {
            state.Groups.Move(how);
        }
        else
        {
            state.Requests.Move(how);
        }
    }

    public void Enter()
    {
        switch (state.Focus)
        {
            case Pane.Layers:
                // The first line is the whole request.
                state.SortByLayer(state.LayerCursor.Index == 0 ? null : (Layer)(state.LayerCursor.Index - 1));
                state.Focus = Pane.Requests;
                break;
            case Pane.Requests when state.ShowsGroups && state.Groups.Selected is { } group:
                state.ShowScope(group);
                break;
            case Pane.Requests when state.Requests.Selected is { } trace:
                state.Pin(trace);
                state.Focus = Pane.Waterfall;
                break;
            case Pane.Waterfall:
                state.ToggleFold();
                break;
        }
    }

    /// <summary>One level back. On the last level it stays: leaving the program by one Esc too many is no way to leave.</summary>
    public void Back()
    {
        if (state.IsHelpOpen)
        {
            state.IsHelpOpen = false;
        }
        else if (state.FilterLine.IsOpen)
        {
            state.CloseFilter();
        }
        else if (state.IsZoomed)
        {
            state.IsZoomed = false;
        }
        else if (state.Focus == Pane.Waterfall || state.Pinned is not null)
        {
            state.Pin(null);
            state.Focus = Pane.Requests;
        }
        else if (state.Scope is not null)
        {
            state.ShowScope(null);
        }
        else if (state.IsSortedByLayer)
        {
            state.SortByLayer(null);
        }
        else if (state.Kind != ListKind.Slowest)
        {
            state.ShowKind(ListKind.Slowest);
        }
        else
        {
            state.Message = "q quits";
        }
    }

    public void NextPane(int step) => state.Focus = (Pane)(((int)state.Focus + step + 3) % 3);

    public void NextKind() => state.ShowKind((ListKind)(((int)state.Kind + 1) % 4));

    public void NextRequest(int step)
    {
        if (!state.ShowsGroups)
        {
            state.Requests.Move(cursor => cursor.Move(step));
            state.Pin(state.Requests.Selected);
        }
    }

    public void Sort(int step)
    {
        if (state.ShowsGroups)
        {
            state.Groups.SortBy(state.Groups.SortIndex + step);
        }
        else
        {
            state.Requests.SortBy(state.Requests.SortIndex + step);
        }
    }

    public void Reverse()
    {
        if (state.ShowsGroups)
        {
            state.Groups.Reverse();
        }
        else
        {
            state.Requests.Reverse();
        }
    }

    public void ChangeRefresh(int step)
    {
        _refreshStep = Math.Clamp(_refreshStep + step, 0, RefreshSteps.Length - 1);
        TimeSpan interval = TimeSpan.FromMilliseconds(RefreshSteps[_refreshStep]);
        Refresh(interval);
        state.Message = $"at most one frame every {LatencyText.Format(interval.Ticks * 100)}";
    }

    public void EditFilter(Action<FilterLine> edit)
    {
        edit(state.FilterLine);
        state.ShowRows();
    }
}
