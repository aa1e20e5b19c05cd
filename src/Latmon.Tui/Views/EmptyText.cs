using Latmon.Pipeline.Windows;
using Latmon.Tui.State;

namespace Latmon.Tui.Views;

/// <summary>What an empty list says: what it waits for, and how to see something.</summary>
internal static class EmptyText
{
    public static IEnumerable<string> For(ScreenState state)
    {
        Snapshot shown = state.Shown;
        int kept = Math.Max(shown.Slowest.Length, shown.Latest.Length);
        return kept > 0 && !state.ShowsGroups ? Hidden(state, kept) : Waiting(state, shown);
    }

    private static IEnumerable<string> Hidden(ScreenState state, int kept)
    {
        yield return $"None of the {kept} kept requests passes the filter {state.ViewFilter}";
        yield return "Change it with /, or clear it with / Ctrl+U Enter.";
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
