using Latmon.Pipeline.Traces;

namespace Latmon.Tui.Tables;

/// <summary>One connection, as far as the kept requests tell of it.</summary>
internal sealed record ConnectionRow(TraceConnection Connection, TraceProcess Process, string Protocol)
{
    public string Key => Of(Connection);

    public required int Requests { get; init; }

    public required long MaxNs { get; init; }

    public required long MedianNs { get; init; }

    public required long Retransmits { get; init; }

    /// <summary>As of its last request; null when not measured.</summary>
    public required long? RoundTripNs { get; init; }

    public required long LastEndUnixNs { get; init; }

    public static string Of(TraceConnection connection) => $"{connection.Local} {connection.Remote}";

    public static IEnumerable<ConnectionRow> From(IEnumerable<Trace> traces) =>
        traces.GroupBy(trace => Of(trace.Connection)).Select(group => From([.. group.OrderBy(trace => trace.StartUnixNs)]));

    private static ConnectionRow From(Trace[] requests)
    {
        Trace last = requests[^1];
        long[] durations = [.. requests.Select(trace => trace.DurationNs).Order()];
        return new ConnectionRow(last.Connection, last.Process, last.Protocol)
        {
            Requests = requests.Length,
            MaxNs = durations[^1],
            MedianNs = durations[(durations.Length - 1) / 2],
            Retransmits = requests.Sum(trace => trace.Tcp?.Retransmits ?? 0L),
            RoundTripNs = last.Tcp?.SmoothedRttUs * 1_000L,
            LastEndUnixNs = last.StartUnixNs + last.DurationNs,
        };
    }
}
