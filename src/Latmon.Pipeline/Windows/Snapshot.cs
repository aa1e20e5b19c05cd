using System.Collections.Immutable;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// Everything a screen shows at one moment: immutable, so it can be drawn, frozen and compared on any thread
/// while the pipeline goes on.
/// </summary>
public sealed record Snapshot
{
    public static readonly Snapshot Empty = new()
    {
        TakenUnixNs = 0,
        Span = TimeSpan.Zero,
        Duration = LatencySummary.None,
        Layers = [],
        Services = [],
        Routes = [],
        Slowest = [],
        Latest = [],
        Counters = default,
    };

    /// <summary>CLOCK_REALTIME.</summary>
    public required long TakenUnixNs { get; init; }

    /// <summary>How much time the summaries cover: the last seconds, less right after the start.</summary>
    public required TimeSpan Span { get; init; }

    /// <summary>Whole exchanges.</summary>
    public required LatencySummary Duration { get; init; }

    /// <summary>One row per layer, in the order of <see cref="Layer"/>, with rows that had no exchange yet.</summary>
    public required ImmutableArray<LayerRow> Layers { get; init; }

    /// <summary>Exchanges per second, one value per closed window, oldest first.</summary>
    public ImmutableArray<double> RateHistory { get; init; } = [];

    /// <summary>By process and local port, busiest first.</summary>
    public required ImmutableArray<GroupRow> Services { get; init; }

    /// <summary>By method and route, slowest p99 first.</summary>
    public required ImmutableArray<GroupRow> Routes { get; init; }

    /// <summary>
    /// Database statements, most of the time in total first; counted at the end that called where it was seen. Of requests in
    /// which no exchange with a database was seen, the spans of its library.
    /// </summary>
    public ImmutableArray<GroupRow> Statements { get; init; } = [];

    /// <summary>Slowest first, over the kept windows.</summary>
    public required ImmutableArray<Trace> Slowest { get; init; }

    /// <summary>Newest first.</summary>
    public required ImmutableArray<Trace> Latest { get; init; }

    /// <summary>The closed seconds of the last two minutes, oldest first.</summary>
    public ImmutableArray<TrafficSecond> Seconds { get; init; } = [];

    public required PipelineCounters Counters { get; init; }
}

/// <summary>Nanoseconds; percentiles are bucket midpoints (within 3.2 %), <see cref="MaxNs"/> and the mean are exact.</summary>
/// <param name="PerSecond">Rate over the time the summary covers.</param>
public readonly record struct LatencySummary(
    long Count, double PerSecond, long TotalNs, long P50Ns, long P90Ns, long P99Ns, long MaxNs)
{
    public static readonly LatencySummary None;
}

/// <param name="Share">Part of the whole time of all exchanges that went here, 0 to 1; 0 for the delivery tail.</param>
/// <param name="Unavailable">Exchanges in which this layer could not be measured.</param>
/// <param name="Inferred">Exchanges in which its time is a bound or holds a neighbour's.</param>
/// <param name="P99HistoryNs">One value per closed window, oldest first; -1 where the window had no exchange.</param>
public sealed record LayerRow(
    Layer Layer, double Share, LatencySummary Summary, long Unavailable, long Inferred, ImmutableArray<long> P99HistoryNs);

/// <param name="Key"><c>nginx:80</c> for a service, <c>GET /items/{id}</c> for a route.</param>
/// <param name="Errors">Exchanges with a 5xx status, and those that a database refused.</param>
/// <param name="LayerTotalsNs">Indexed by <see cref="Layer"/>.</param>
public sealed record GroupRow(string Key, LatencySummary Summary, long Errors, ImmutableArray<long> LayerTotalsNs);

/// <summary>
/// What happened to the events, since the start. Loss is a result: every number here is on the screen or one key away.
/// </summary>
/// <param name="Records">Read from the ring.</param>
/// <param name="Lost">Requests and calls that the kernel could not hand over because the ring was full.</param>
/// <param name="Unseen">Connections that could not be followed because the kernel had no room for their state.</param>
/// <param name="Malformed">Records refused by the decoder.</param>
/// <param name="Exchanges">Finished exchanges, before filters of the screen.</param>
/// <param name="Incomplete">Finished exchanges that miss a part.</param>
/// <param name="Late">Exchanges that came after their window was closed and were added to the oldest open one.</param>
/// <param name="Evicted">Connections forgotten because the cap was reached.</param>
/// <param name="OpenConnections">Followed now.</param>
public readonly record struct PipelineCounters(
    long Records, long Lost, long Unseen, long Malformed, long Exchanges, long Incomplete, long Late, long Evicted,
    int OpenConnections)
{
    /// <summary>Pieces that the ring had no room for, of requests that may be there otherwise; spans too.</summary>
    public long LostParts { get; init; }

    public AssemblyCounters Assembly { get; init; }
}
