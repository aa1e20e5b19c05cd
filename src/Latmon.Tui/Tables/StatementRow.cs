using Latmon.Pipeline;
using Latmon.Pipeline.Traces;

namespace Latmon.Tui.Tables;

/// <summary>One database statement over all kept requests.</summary>
internal sealed record StatementRow(string Statement, string Server)
{
    public string Key => $"{Server} {Statement}";

    public required long Calls { get; init; }

    /// <summary>Requests in which it was called.</summary>
    public required long Requests { get; init; }

    public required long SumNs { get; init; }

    public required long P99Ns { get; init; }

    public required long MaxNs { get; init; }

    /// <summary>What took most of it inside the database, where that was seen: <c>71% lock wait</c>.</summary>
    public required string Inside { get; init; }

    public double PerRequest => (double)Calls / Math.Max(1, Requests);

    public long MeanNs => SumNs / Math.Max(1, Calls);

    public static IEnumerable<StatementRow> From(IEnumerable<Trace> traces) =>
        traces.SelectMany(trace => DatabaseCalls.Of(trace).Select(call => (trace.Id, Call: call)))
            .GroupBy(found => (found.Call.Statement, found.Call.Server))
            .Select(group => From(group.Key.Statement, group.Key.Server, [.. group]));

    private static StatementRow From(string statement, string server, (string Id, DatabaseCall Call)[] found)
    {
        long[] durations = [.. found.Select(each => each.Call.DurationNs).Order()];
        long sumNs = durations.Sum();
        return new StatementRow(statement, server)
        {
            Calls = found.Length,
            Requests = found.Select(each => each.Id).Distinct().Count(),
            SumNs = sumNs,
            P99Ns = durations[Math.Max(0, (int)Math.Ceiling(durations.Length * 0.99) - 1)],
            MaxNs = durations[^1],
            Inside = Largest(found.SelectMany(each => Parts(each.Call.Inside)), sumNs),
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
