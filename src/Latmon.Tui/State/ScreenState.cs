using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Tables;
using Latmon.Tui.Waterfall;

namespace Latmon.Tui.State;

internal enum Pane
{
    Layers,
    Requests,
    Waterfall,
}

internal enum ListKind
{
    Slowest,
    Latest,
    Routes,
    Services,
}

/// <summary>
/// What is shown and where the user is in it: all that the views draw from, changed only on the UI thread, by keys
/// (<see cref="Keys.KeyTable"/>) and by arriving snapshots.
/// </summary>
internal sealed class ScreenState
{
    private readonly ScreenOptions _options;
    private readonly HashSet<string> _opened = [];
    private Snapshot? _frozen;
    private DateTimeOffset _frozenAt;
    private Layer? _sortLayer;

    public ScreenState(ScreenOptions options)
    {
        _options = options;
        Filter = options.Filter;
        ShowRows();
    }

    public ScreenOptions Options => _options;

    public Snapshot Live { get; private set; } = Snapshot.Empty;

    /// <summary>What everything but the status line is drawn from.</summary>
    public Snapshot Shown => _frozen ?? Live;

    public bool IsFrozen => _frozen is not null;

    public TimeSpan FrozenFor => _options.Clock.GetUtcNow() - _frozenAt;

    public double EventsPerSecond { get; private set; }

    public SelfUsage? Usage { get; private set; }

    public TraceFilter Filter { get; private set; }

    public FilterLine FilterLine { get; } = new();

    /// <summary>One sentence for the status line, until the next key.</summary>
    public string Message { get; set; } = "";

    public Pane Focus { get; set; } = Pane.Requests;

    public bool IsZoomed { get; set; }

    public bool IsHelpOpen { get; set; }

    public ListCursor HelpCursor { get; } = new();

    public ListCursor LayerCursor { get; } = new();

    public ListCursor WaterfallCursor { get; } = new();

    public ListKind Kind { get; private set; } = ListKind.Slowest;

    public bool ShowsGroups => Kind is ListKind.Routes or ListKind.Services;

    /// <summary>The route or service whose requests alone are listed.</summary>
    public GroupRow? Scope { get; private set; }

    public SortedTable<Trace> Requests { get; } = new(trace => trace.Id);

    public SortedTable<GroupRow> Groups { get; } = new(row => row.Key);

    /// <summary>The request that stays in the waterfall whatever the list does.</summary>
    public Trace? Pinned { get; private set; }

    public Trace? Inspected => Pinned ?? (ShowsGroups ? null : Requests.Selected);

    public ImmutableArray<WaterfallRow> WaterfallRows => Inspected is { } trace ? Waterfall.WaterfallRows.Of(trace, _opened) : [];

    /// <summary>The filter that the rows are shown through: while it is typed, already the typed one.</summary>
    public TraceFilter ViewFilter => FilterLine.IsOpen ? FilterLine.Draft : Filter;

    public void Accept(Snapshot snapshot)
    {
        double seconds = (snapshot.TakenUnixNs - Live.TakenUnixNs) / 1e9;
        if (Live.TakenUnixNs != 0 && seconds > 0)
        {
            EventsPerSecond = Math.Max(0, snapshot.Counters.Records - Live.Counters.Records) / seconds;
        }

        Live = snapshot;
        Usage = _options.SelfUsage?.Invoke();
        if (!IsFrozen)
        {
            ShowRows();
        }
    }

    public void ToggleFreeze()
    {
        _frozen = IsFrozen ? null : Live;
        _frozenAt = _options.Clock.GetUtcNow();
        ShowRows();
    }

    public void ShowRows()
    {
        IEnumerable<Trace> traces = Kind == ListKind.Latest ? Shown.Latest : Shown.Slowest;
        Requests.Show(traces.Where(Passes), RequestColumns.For(_sortLayer), Passes);
        Groups.Show(Kind == ListKind.Services ? Shown.Services : Shown.Routes, GroupColumns.All, _ => false);
    }

    public void ApplyFilter()
    {
        if (!FilterLine.TryParse(out TraceFilter filter))
        {
            return;
        }

        if (_options.ApplyFilter(filter) is { } refusal)
        {
            FilterLine.Refuse(refusal);
            return;
        }

        Filter = filter;
        CloseFilter();
    }

    public void CloseFilter()
    {
        FilterLine.Close();
        ShowRows();
    }

    public void ShowKind(ListKind kind)
    {
        Kind = kind;
        Focus = Focus == Pane.Layers ? Pane.Requests : Focus;
        Requests.Release();
        Groups.Release();
        ShowRows();
        if (kind == ListKind.Latest)
        {
            Requests.SortBy(Requests.Columns.Count - 1);
        }
        else if (!ShowsGroups)
        {
            Requests.SortBy(_sortLayer is null ? 0 : RequestColumns.LayerColumn);
        }
    }

    public void ShowScope(GroupRow? scope)
    {
        Scope = scope;
        ShowKind(scope is null ? Kind : ListKind.Slowest);
    }

    /// <summary>Sorts the requests by their time in one layer, or by the whole again.</summary>
    public void SortByLayer(Layer? layer)
    {
        _sortLayer = layer;
        ShowKind(ShowsGroups ? ListKind.Slowest : Kind);
        Requests.SortBy(layer is null ? 0 : RequestColumns.LayerColumn);
    }

    public bool IsSortedByLayer => _sortLayer is not null;

    public void Pin(Trace? trace)
    {
        Pinned = trace;
        WaterfallCursor.MoveTo(0);
    }

    public void ToggleFold()
    {
        ImmutableArray<WaterfallRow> rows = WaterfallRows;
        string? key = WaterfallCursor.Index < rows.Length ? rows[WaterfallCursor.Index].FoldKey : null;
        if (key is not null && !_opened.Remove(key))
        {
            _opened.Add(key);
        }
    }

    private bool Passes(Trace trace) => ViewFilter.Matches(trace) && InScope(trace);

    private bool InScope(Trace trace) => Scope is null
        || trace.Name == Scope.Key
        || Scope.Key == $"{trace.Process.Comm}:{trace.Connection.Local[(trace.Connection.Local.LastIndexOf(':') + 1)..]}";
}
