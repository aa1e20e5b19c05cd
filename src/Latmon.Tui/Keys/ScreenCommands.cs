using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;
using Latmon.Tui.Output;
using Latmon.Tui.State;
using Latmon.Tui.Waterfall;

namespace Latmon.Tui.Keys;

/// <summary>What the keys of <see cref="KeyTable"/> do.</summary>
internal sealed class ScreenCommands(ScreenState state)
{
    private static readonly int[] RefreshSteps = [100, 250, 500, 1_000, 2_000, 5_000];

    private readonly FilterCompletion _completion = new();
    private int _refreshStep =
        Math.Max(0, Array.FindLastIndex(RefreshSteps, ms => ms <= state.Options.Refresh.TotalMilliseconds));

    public ScreenState State => state;

    public required Action Quit { get; init; }

    public required Action Redraw { get; init; }

    public required Action Suspend { get; init; }

    public required Action<TimeSpan> Refresh { get; init; }

    /// <summary>To the terminal as it is, outside the frames.</summary>
    public required Action<string> Write { get; init; }

    public required GlyphSet Glyphs { get; init; }

    public required Theme Theme { get; init; }

    /// <summary>Takes the mouse from the terminal, or gives it back.</summary>
    public required Action<bool> TakeMouse { get; init; }

    public required bool HasMouse { get; set; }

    public void Move(Action<ListCursor> how)
    {
        if (state.IsHelpOpen)
        {
            how(state.HelpCursor);
            return;
        }

        switch (state.Panes.Focus)
        {
            case Pane.Layers:
                how(state.LayerCursor);
                break;
            case Pane.Requests:
                state.Lists.Active.Move(how);
                break;
            default:
                how(state.Detail == DetailKind.Tail ? state.Tail.Cursor
                    : state.Waterfall.ShowsAllDetails ? state.Waterfall.DetailCursor
                    : state.Waterfall.Cursor);
                break;
        }
    }

    public void Enter()
    {
        switch (state.Panes.Focus)
        {
            case Pane.Layers:
                // The first line is the whole request.
                state.Lists.SortByLayer(state.LayerCursor.Index == 0 ? null : (Layer)(state.LayerCursor.Index - 1));
                state.Panes.FocusOn(Pane.Requests);
                break;
            case Pane.Requests when state.Lists.SelectedScope is { } scope:
                state.Lists.Enter(scope);
                break;
            case Pane.Requests when state.Requests.Selected is { } trace:
                state.ChooseDetail(null);
                state.Waterfall.Pin(trace);
                state.Panes.FocusOn(Pane.Detail);
                break;
            case Pane.Detail when state.Detail == DetailKind.Tail:
                EnterSlow();
                break;
            case Pane.Detail when state.Detail == DetailKind.HeatMap:
                EnterRange(wholeColumn: false);
                break;
            case Pane.Detail when state.Inspected is { } inspected:
                state.Waterfall.ToggleFold(inspected);
                break;
        }
    }

    public void Back()
    {
        if (!BackSteps.Take(state))
        {
            state.Message = "q quits";
        }
    }

    public void ShowTail() => state.ChooseDetail(DetailKind.Tail);

    public void ShowHeatMap()
    {
        if (state.Inspected is { } trace)
        {
            state.Heat.Aim(trace);
        }

        state.ChooseDetail(DetailKind.HeatMap);
    }

    public void EnterColumn() => EnterRange(wholeColumn: true);

    public void NextKind(int step)
    {
        state.Lists.ShowKind(state.Lists.Kind.Next(step));
        if (state.Panes.Focus == Pane.Layers)
        {
            state.Panes.FocusOn(Pane.Requests);
        }
    }

    public void NextRequest(int step)
    {
        if (state.Lists.Kind.IsRequests())
        {
            state.Requests.Move(cursor => cursor.Move(step));
            state.Waterfall.Pin(state.Requests.Selected);
        }
    }

    public void Sort(int step) => state.Lists.Active.SortBy(state.Lists.Active.SortIndex + step);

    public void Find()
    {
        state.Panes.FocusOn(Pane.Requests);
        state.Search.Open(state.Lists.Active);
    }

    public void Hide()
    {
        if (!state.Panes.Hide(state.Panes.Focus))
        {
            state.Message = "the list stays; Tab goes to a pane that can be hidden";
        }
    }

    public void RemoveLastTerm()
    {
        Range[] terms = [.. FilterTerms.In(state.Filter.ToString())];
        if (terms.Length > 0)
        {
            state.RemoveTerm(terms[^1]);
        }
    }

    public void ZoomAxis(double factor) => OnInspected(trace => state.Waterfall.ZoomBy(trace, factor));

    public void ZoomToBar() => OnInspected(state.Waterfall.ZoomToSelected);

    public void FoldAll(bool open) => OnInspected(trace => state.Waterfall.FoldAll(trace, open));

    public void SaveSelected() => OnInspected(trace => Save([trace]));

    /// <summary>Everything kept at the shown moment that passes the filter and lies in the scope.</summary>
    public void SaveAll() => Save([.. state.Lists.KeptInScope]);

    public void CopyWaterfall() => OnInspected(trace =>
    {
        string text = WaterfallText.Of(trace, state.Waterfall.RowsOf(trace), state.Options.Clock.LocalTimeZone, Glyphs);
        state.Message = Clipboard.Sequence(text, Clipboard.IsInScreen) is { } sequence && Send(sequence)
            ? "waterfall sent to the terminal's clipboard (OSC 52)"
            : "too long for the clipboard; close some lines (E) or save it with w";
    });

    public void NextTheme()
    {
        ThemeName[] names = Enum.GetValues<ThemeName>();
        Theme.Change(names[((int)Theme.Name + 1) % names.Length]);
        state.Message = $"theme: {Theme.Name.ToString().ToLowerInvariant()}";
    }

    public void ToggleMouse()
    {
        HasMouse = !HasMouse;
        TakeMouse(HasMouse);
        state.Message = HasMouse ? "mouse: clicks come here" : "mouse: left to the terminal";
    }

    public void ChangeRefresh(int step)
    {
        _refreshStep = Math.Clamp(_refreshStep + step, 0, RefreshSteps.Length - 1);
        TimeSpan interval = TimeSpan.FromMilliseconds(RefreshSteps[_refreshStep]);
        Refresh(interval);
        state.Message = $"at most one frame every {LatencyText.Format(interval.Ticks * 100)}";
    }

    public void Edit(Action<LineEditor> edit)
    {
        if (state.OpenLine is { } line)
        {
            edit(line);
            state.ShowRows();
        }
    }

    public void Complete() => Edit(line => _completion.Apply(line, state.Lists.All));

    private bool Send(string sequence)
    {
        Write(sequence);
        return true;
    }

    private void Save(IReadOnlyList<Trace> traces) => state.Message = (traces.Count, state.Options.Save) switch
    {
        (0, _) => "there is no request to save",
        (_, null) => "this screen cannot save",
        (_, var save) => save(traces),
    };

    private void OnInspected(Action<Trace> act)
    {
        if (state.Inspected is { } trace)
        {
            act(trace);
        }
    }

    private void EnterSlow()
    {
        if (state is { TailShown: { } comparison, TailScope: { } scope })
        {
            HashSet<string> slow = [.. comparison.Slow.Select(trace => trace.Id)];
            EnterScope(new ListScope($"the slow part of {scope.Title}", trace => slow.Contains(trace.Id), state.Lists.Kind, scope.Group));
        }
    }

    private void EnterRange(bool wholeColumn)
    {
        if (state.Heat.Scope(wholeColumn, state.Lists.Kind, state.Options.Clock.LocalTimeZone) is { } scope)
        {
            EnterScope(scope);
        }
    }

    private void EnterScope(ListScope scope)
    {
        state.Waterfall.Pin(null);
        state.Lists.Enter(scope);
        state.Panes.FocusOn(Pane.Requests);
    }
}
