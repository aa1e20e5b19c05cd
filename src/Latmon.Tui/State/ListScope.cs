using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Tables;

namespace Latmon.Tui.State;

/// <summary>The part of the requests that belongs to one row of a list, or to one cell of the heat map.</summary>
/// <param name="From">The list that Esc returns to.</param>
/// <param name="Group">The exact figures of a route or service; null for the other kinds.</param>
internal sealed record ListScope(string Title, Func<Trace, bool> Includes, ListKind From, GroupRow? Group = null)
{
    /// <summary>Chosen by time and duration: itself the slow part, to be held against all others.</summary>
    public bool IsRange { get; init; }

    public static ListScope Of(GroupRow group, ListKind from) => new(
        group.Key,
        from == ListKind.Services ? trace => trace.Service == group.Key : trace => trace.Name == group.Key,
        from,
        group);

    public static ListScope Of(ConnectionRow row) => new(
        row.Connection.Remote, trace => ConnectionRow.Of(trace.Connection) == row.Key, ListKind.Connections);

    public static ListScope Of(StatementRow row) => new(
        row.Statement,
        trace => DatabaseCalls.Of(trace).Any(call => call.Statement == row.Statement),
        ListKind.Statements);

    /// <summary>The route of a request; its exact figures when the snapshot has them.</summary>
    public static ListScope RouteOf(Trace trace, Snapshot shown, ListKind from) => new(
        trace.Name, other => other.Name == trace.Name, from, shown.Routes.FirstOrDefault(row => row.Key == trace.Name));

    public static ListScope Range(string title, long fromUnixNs, long toUnixNs, long fromNs, long toNs, ListKind from) => new(
        title,
        trace => trace.StartUnixNs + trace.DurationNs is var endNs && endNs >= fromUnixNs && endNs < toUnixNs
            && trace.DurationNs >= fromNs && trace.DurationNs < toNs,
        from)
    {
        IsRange = true,
    };
}
