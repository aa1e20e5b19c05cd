using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;

namespace Latmon.Tui.Tables;

/// <summary>One database statement: the figures of all its calls, and what only whole requests tell, of those that are kept.</summary>
/// <param name="Summary">Of every call that was seen, not only of those in kept requests.</param>
/// <param name="Errors">Calls that the database refused.</param>
internal sealed record StatementRow(string Statement, LatencySummary Summary, long Errors)
{
    /// <summary>Calls in each kept request that ran it; null when none is kept.</summary>
    public double? PerRequest { get; private init; }

    /// <summary>Where it was sent; how many there are when it is more than one; empty when no request with it is kept.</summary>
    public string Server { get; private init; } = "";

    /// <summary>What took most of it inside the database, where that was seen: <c>71% lock wait</c>.</summary>
    public string Inside { get; private init; } = "";

    public static IEnumerable<StatementRow> From(ImmutableArray<GroupRow> statements, IEnumerable<Trace> kept)
    {
        ILookup<string, (string Id, DatabaseCall Call)> calls = kept
            .SelectMany(trace => DatabaseCalls.Of(trace).Select(call => (trace.Id, Call: call)))
            .ToLookup(found => found.Call.Statement);
        return statements.Select(row => new StatementRow(row.Key, row.Summary, row.Errors).With([.. calls[row.Key]]));
    }

    private StatementRow With((string Id, DatabaseCall Call)[] found)
    {
        if (found.Length == 0)
        {
            return this;
        }

        string[] servers = [.. found.Select(each => each.Call.Server).Distinct()];
        return this with
        {
            PerRequest = (double)found.Length / found.Select(each => each.Id).Distinct().Count(),
            Server = servers.Length == 1 ? servers[0] : $"{servers.Length} servers",
            Inside = Largest(found.SelectMany(each => Parts(each.Call.Inside)), found.Sum(each => each.Call.DurationNs)),
        };
    }

    private static string Largest(IEnumerable<(string Name, long Ns)> parts, long sumNs)
    {
        (string Name, long Ns) most = parts.GroupBy(part => part.Name)
            .Select(group => (group.Key, Ns: group.Sum(part => part.Ns)))
            .OrderByDescending(part => part.Ns).FirstOrDefault();
        return most.Ns == 0 || sumNs == 0 ? "" : $"{Math.Round(100.0 * most.Ns / sumNs)}% {most.Name}";
    }

    private static IEnumerable<(string Name, long Ns)> Parts(Trace? call)
    {
        if (call is null)
        {
            yield break;
        }

        // Spans lie inside the layers: where there are any, they say more.
        Trace[] sides = [call, .. call.Children];
        bool hasSpans = Array.Exists(sides, side => side.Spans.Length > 0);
        foreach (Trace side in sides)
        {
            foreach ((Span span, long ownNs) in OwnSpanTimes.Of(side.Spans))
            {
                yield return (span.Name, ownNs);
            }

            foreach (LayerTime time in hasSpans ? [] : side.Layers)
            {
                yield return (time.Layer.Title(), time.SelfNs ?? time.DurationNs ?? 0);
            }
        }
    }
}
