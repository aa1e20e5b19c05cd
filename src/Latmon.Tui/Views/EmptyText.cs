using System.Globalization;
using Latmon.Pipeline.Windows;
using Latmon.Tui.State;

namespace Latmon.Tui.Views;

/// <summary>What an empty list says: what it waits for, and how to see something.</summary>
internal static class EmptyText
{
    public static IEnumerable<string> For(ScreenState state)
    {
        if (state.Lists.Active is { Available: > 0, Search: { Length: > 0 } text } table)
        {
            return [$"None of the {table.Available} rows shows \"{text}\".", "Esc shows all rows again."];
        }

        Snapshot shown = state.Shown;
        int kept = Math.Max(shown.Slowest.Length, shown.Latest.Length);
        return (state.Lists.Kind, kept) switch
        {
            _ when state.Lists is { Scope: not null, Kind: ListKind.Slowest or ListKind.Latest } => Hidden(state, kept),
            (_, 0) => Waiting(state, shown),
            (ListKind.Statements, _) when shown.Statements.IsEmpty => NoStatements(shown),
            (ListKind.Routes or ListKind.Services, _) => Waiting(state, shown),
            _ => Hidden(state, kept),
        };
    }

    private static IEnumerable<string> Hidden(ScreenState state, int kept)
    {
        if (state.Lists.Scope is { } scope)
        {
            yield return $"No request of {scope.Title} is kept any more.";
            yield return "Esc goes back to the list it came from.";
        }
        else
        {
            yield return $"None of the {kept} kept requests passes the filter {state.ViewFilter}";
            yield return "Change it with /, or clear it with / Ctrl+U Enter.";
        }
    }

    private static IEnumerable<string> NoStatements(Snapshot shown)
    {
        double seconds = Math.Max(1, Math.Round(shown.Span.TotalSeconds));
        yield return string.Create(CultureInfo.InvariantCulture, $"No database call in the last {seconds} s.");
        yield return "What the requests ask of a database is followed by itself: statements of PostgreSQL, over TLS only with --tls.";
        yield return "Of other databases the waterfall shows when they were called and for how long.";
    }

    private static IEnumerable<string> Waiting(ScreenState state, Snapshot shown)
    {
        int[] ports = [.. state.Filter.Ports];
        string where = ports.Length switch
        {
            0 => "",
            1 => $" on port {ports[0]}",
            _ => $" on ports {string.Join(", ", ports)}",
        };
        yield return $"No finished request yet{where}.";
        string address = ports is [] or [80] ? "localhost" : $"localhost:{ports[0]}";
        yield return $"Send one:  curl http://{address}/";
        if (!state.Filter.IsEmpty)
        {
            yield return $"Only this is watched: {state.Filter}  (/ changes it)";
        }

        yield return shown.Counters.OpenConnections > 0
            ? $"Connections followed: {shown.Counters.OpenConnections}; none has answered a request."
            : "No connection is followed yet: no traffic came by.";
    }
}
