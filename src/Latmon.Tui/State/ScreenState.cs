using System.Collections.Immutable;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Tables;
using Latmon.Tui.Tail;
using Latmon.Tui.Waterfall;

namespace Latmon.Tui.State;

internal enum DetailKind
{
    Waterfall,
    Tail,
    HeatMap,
}

/// <summary>
/// What is shown and where the user is in it: all that the views draw from, changed only on the UI thread, by keys
/// (<see cref="Keys.KeyTable"/>) and by arriving snapshots.
/// </summary>
internal sealed class ScreenState
{
    private readonly ScreenOptions _options;
    private DetailKind? _chosenDetail;
    private (Snapshot Shown, string Title, TraceFilter Filter) _slowestFor = (Snapshot.Empty, "", TraceFilter.None);
    private Trace? _slowest;

    public ScreenState(ScreenOptions options)
    {
        _options = options;
        Filter = options.Filter;
        Timeline = new Timeline(options.Clock);
        ShowRows();
    }

    public ScreenOptions Options => _options;

    public Timeline Timeline { get; }

    public Snapshot Live => Timeline.Live;

    /// <summary>What everything but the status line is drawn from.</summary>
    public Snapshot Shown => Timeline.Shown;

    public bool IsFrozen => Timeline.IsFrozen;

    public SelfUsage? Usage { get; private set; }

    public ProbeCost? Cost { get; private set; }

    public TraceFilter Filter { get; private set; }

    /// <summary>Where the first line shows the terms of the filter; -1 when it does not. The view sets it.</summary>
    public int FilterColumn { get; set; } = -1;

    public FilterLine FilterLine { get; } = new();

    public SearchLine Search { get; } = new();

    /// <summary>The line that takes the letters, when one is open.</summary>
    public LineEditor? OpenLine => FilterLine.IsOpen ? FilterLine.Editor : Search.IsOpen ? Search.Editor : null;

    /// <summary>One sentence for the status line, until the next key.</summary>
    public string Message { get; set; } = "";

    public PaneSet Panes { get; } = new();

    public bool IsHelpOpen { get; set; }

    public ListCursor HelpCursor { get; } = new();

    public ListCursor LayerCursor { get; } = new();

    public ListSet Lists { get; } = new();

    public SortedTable<Trace> Requests => Lists.Requests;

    public WaterfallState Waterfall { get; } = new();

    public Trace? Pinned => Waterfall.Pinned;

    /// <summary>Without a pinned one, that of the row under the cursor; for a row that stands for many, its slowest.</summary>
    public Trace? Inspected => Pinned ?? (Lists.SelectedScope is { } scope
        ? SlowestIn(scope)
        : Lists.Kind.IsRequests() ? Requests.Selected : null);

    public ImmutableArray<WaterfallRow> WaterfallRows => Inspected is { } trace ? Waterfall.RowsOf(trace) : [];

    /// <summary>A route has no waterfall; why its tail is slow is the question there.</summary>
    public DetailKind Detail => _chosenDetail ?? (Pinned is null && Lists.Kind is ListKind.Routes or ListKind.Services
        ? DetailKind.Tail
        : DetailKind.Waterfall);

    public bool IsDetailChosen => _chosenDetail is not null;

    public TailState Tail { get; } = new();

    public HeatState Heat { get; } = new();

    /// <summary>The row under the cursor, else what the list is limited to, else the route of the request.</summary>
    public ListScope? TailScope => Lists.SelectedScope ?? Lists.Scope
        ?? (Inspected is { } trace ? ListScope.RouteOf(trace, Shown, Lists.Kind) : null);

    /// <summary>Null when there is nothing to compare.</summary>
    public TailComparison? TailShown => TailScope is { } scope ? Tail.Of(scope, Shown, Lists.Kept) : null;

    /// <summary>The filter that the rows are shown through: while it is typed, already the typed one.</summary>
    public TraceFilter ViewFilter => FilterLine.IsOpen ? FilterLine.Draft : Filter;

    /// <summary>Looked up once per snapshot and row, not once per view.</summary>
    private Trace? SlowestIn(ListScope scope)
    {
        (Snapshot, string, TraceFilter) wanted = (Shown, scope.Title, ViewFilter);
        if (!ReferenceEquals(_slowestFor.Shown, Shown) || _slowestFor != wanted)
        {
            _slowest = Lists.Kept.Where(scope.Includes).MaxBy(trace => trace.DurationNs);
            _slowestFor = wanted;
        }

        return _slowest;
    }

    public void Accept(Snapshot snapshot)
    {
        Timeline.Accept(snapshot);
        Usage = _options.SelfUsage?.Invoke();
        Cost = _options.ProbeCost?.Invoke();
        if (!IsFrozen)
        {
            ShowRows();
        }
    }

    /// <summary>Another view in the detail pane; null leaves the choice to the list.</summary>
    public void ChooseDetail(DetailKind? kind)
    {
        _chosenDetail = kind;
        if (kind is not null)
        {
            Panes.FocusOn(Pane.Detail);
        }
    }

    public void ToggleFreeze()
    {
        Timeline.Toggle();
        ShowRows();
    }

    public void Step(int steps)
    {
        Message = Timeline.Step(steps) ? "" : steps < 0 ? "nothing older is kept" : "this is the newest";
        ShowRows();
    }

    public void ShowRows()
    {
        TraceFilter filter = ViewFilter;
        Lists.Show(Shown, filter.IsEmpty ? _ => true : filter.Matches);
    }

    public void ApplyFilter()
    {
        if (FilterLine.TryParse(out TraceFilter filter) && Apply(filter) is { } refusal)
        {
            FilterLine.Refuse(refusal);
        }
        else if (FilterLine.Error.Length == 0)
        {
            FilterLine.Remember();
            CloseFilter();
        }
    }

    public void RemoveTerm(Range term)
    {
        string text = FilterTerms.Without(Filter.ToString(), term);
        Message = FilterText.TryParse(text, out TraceFilter filter, out string error) ? Apply(filter) ?? "" : error;
        ShowRows();
    }

    public void CloseFilter()
    {
        FilterLine.Close();
        ShowRows();
    }

    private string? Apply(TraceFilter filter)
    {
        string? refusal = _options.ApplyFilter(filter);
        Filter = refusal is null ? filter : Filter;
        return refusal;
    }
}
