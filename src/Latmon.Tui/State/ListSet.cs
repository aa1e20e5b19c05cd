using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Tables;

namespace Latmon.Tui.State;

/// <summary>The lists of the middle pane, of which one is shown, and the part of the requests that they are limited to.</summary>
internal sealed class ListSet
{
    private readonly KeptTraces _kept = new();
    private Snapshot _shown = Snapshot.Empty;
    private Func<Trace, bool> _filter = _ => true;
    private Layer? _sortLayer;

    public SortedTable<Trace> Requests { get; } = new(trace => trace.Id);

    public SortedTable<GroupRow> Groups { get; } = new(row => row.Key);

    public SortedTable<ConnectionRow> Connections { get; } = new(row => row.Key);

    public SortedTable<StatementRow> Statements { get; } = new(row => row.Statement);

    public ListKind Kind { get; private set; } = ListKind.Slowest;

    /// <summary>The route, service, connection, statement or cell whose requests alone are listed.</summary>
    public ListScope? Scope { get; private set; }

    public bool IsSortedByLayer => _sortLayer is not null;

    public ITable Active => Kind switch
    {
        ListKind.Routes or ListKind.Services => Groups,
        ListKind.Connections => Connections,
        ListKind.Statements => Statements,
        _ => Requests,
    };

    /// <summary>What Enter on the row under the cursor would list; null on a single request.</summary>
    public ListScope? SelectedScope => Kind switch
    {
        ListKind.Routes or ListKind.Services when Groups.Selected is { } group => ListScope.Of(group, Kind),
        ListKind.Connections when Connections.Selected is { } connection => ListScope.Of(connection),
        ListKind.Statements when Statements.Selected is { } statement => ListScope.Of(statement),
        _ => null,
    };

    /// <summary>All kept requests that pass the filter, whatever the scope.</summary>
    public IEnumerable<Trace> Kept => _kept.Of(_shown).Where(_filter);

    /// <summary>All kept requests, whatever the filter.</summary>
    public IReadOnlyList<Trace> All => _kept.Of(_shown);

    public IEnumerable<Trace> KeptInScope => Kept.Where(trace => Scope is null || Scope.Includes(trace));

    public void Show(Snapshot shown, Func<Trace, bool> filter)
    {
        _shown = shown;
        _filter = filter;
        ShowRows();
    }

    public void ShowKind(ListKind kind)
    {
        Kind = kind;
        Active.Search = "";
        Active.Release();
        ShowRows();
        if (kind == ListKind.Latest)
        {
            Requests.SortBy(Requests.Columns.Count - 1);
        }
        else if (kind == ListKind.Slowest)
        {
            Requests.SortBy(_sortLayer is null ? 0 : RequestColumns.LayerColumn);
        }
    }

    public void Enter(ListScope scope)
    {
        Scope = scope;
        ShowKind(ListKind.Slowest);
    }

    /// <summary>Back to the list that the scope came from, with its cursor where it was.</summary>
    public void Leave()
    {
        if (Scope is { } scope)
        {
            Scope = null;
            Kind = scope.From;
            ShowRows();
        }
    }

    /// <summary>Sorts the requests by their time in one layer, or by the whole again.</summary>
    public void SortByLayer(Layer? layer)
    {
        _sortLayer = layer;
        ShowKind(Kind.IsRequests() ? Kind : ListKind.Slowest);
        Requests.SortBy(layer is null ? 0 : RequestColumns.LayerColumn);
    }

    private void ShowRows()
    {
        Requests.Show(RequestRows().Where(Passes), RequestColumns.For(_sortLayer), Passes);
        switch (Kind)
        {
            case ListKind.Routes or ListKind.Services:
                Groups.Show(Kind == ListKind.Services ? _shown.Services : _shown.Routes, GroupColumns.All, _ => false);
                break;
            case ListKind.Connections:
                Connections.Show(ConnectionRow.From(Kept), ConnectionColumns.All, _ => false);
                break;
            case ListKind.Statements:
                Statements.Show(StatementRow.From(_shown.Statements, Kept), StatementColumns.All, _ => false);
                break;
        }
    }

    /// <summary>Inside a scope all that is kept of it: a fast route has none among the slowest of everything.</summary>
    private IEnumerable<Trace> RequestRows() =>
        Scope is not null ? _kept.Of(_shown) : Kind == ListKind.Latest ? _shown.Latest : _shown.Slowest;

    private bool Passes(Trace trace) => _filter(trace) && (Scope is null || Scope.Includes(trace));
}
