namespace Latmon.Pipeline.Traces;

/// <summary>One call of a database that was found inside a request, or that is itself the root.</summary>
/// <param name="Statement">The masked text where it is known, else the name.</param>
/// <param name="Inside">The exchange itself, for what happened in it; null for a span.</param>
public readonly record struct DatabaseCall(string Statement, string Server, long DurationNs, Trace? Inside);

/// <summary>Finds the database calls of a request.</summary>
public static class DatabaseCalls
{
    private const int DeepestNesting = 16;

    private static readonly string[] Protocols = ["postgresql", "mysql", "redis", "mongodb", "mssql", "cassandra"];

    public static bool IsDatabase(Trace trace) =>
        Array.Exists(Protocols, protocol => trace.Protocol.StartsWith(protocol, StringComparison.OrdinalIgnoreCase));

    public static string StatementOf(Trace call) =>
        call.Attribute("db.query.text") as string ?? call.Attribute("db.statement") as string ?? call.Name;

    /// <summary>
    /// The exchanges on the wire. A library's spans count only where no exchange was seen: both tell of the same calls.
    /// </summary>
    public static IReadOnlyList<DatabaseCall> Of(Trace root)
    {
        List<DatabaseCall> calls = [];
        AddExchanges(calls, root, 0);
        if (calls.Count == 0)
        {
            AddSpans(calls, root, 0);
        }

        return calls;
    }

    private static void AddExchanges(List<DatabaseCall> calls, Trace trace, int depth)
    {
        if (IsDatabase(trace))
        {
            string server = trace.Role == Role.Server ? trace.Connection.Local : trace.Connection.Remote;
            calls.Add(new DatabaseCall(StatementOf(trace), server, trace.DurationNs, trace));
            return;
        }

        if (depth < DeepestNesting)
        {
            foreach (Trace child in trace.Children)
            {
                AddExchanges(calls, child, depth + 1);
            }
        }
    }

    private static void AddSpans(List<DatabaseCall> calls, Trace trace, int depth)
    {
        calls.AddRange(trace.Spans.Where(span => span.Text is { Length: > 0 })
            .Select(span => new DatabaseCall(span.Text!, span.Source, span.DurationNs, null)));
        if (depth < DeepestNesting)
        {
            foreach (Trace child in trace.Children)
            {
                AddSpans(calls, child, depth + 1);
            }
        }
    }
}
