using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Tail;

namespace Latmon.Tui.State;

/// <summary>From which percentile on a request counts as slow.</summary>
internal enum TailCut
{
    P90,
    P99,
    Slowest,
}

/// <summary>What is compared when the tail is explained. Made once per snapshot, not once per frame.</summary>
internal sealed class TailState
{
    private (Snapshot Shown, string Title, TailCut Cut) _madeFor = (Snapshot.Empty, "", TailCut.P99);
    private TailComparison? _made;

    public TailCut Cut { get; private set; } = TailCut.P99;

    public ListCursor Cursor { get; } = new();

    public void ChangeCut(int step) => Cut = (TailCut)Math.Clamp((int)Cut + step, 0, (int)TailCut.Slowest);

    public TailComparison? Of(ListScope scope, Snapshot shown, IEnumerable<Trace> kept)
    {
        (Snapshot, string, TailCut) wanted = (shown, scope.Title, Cut);
        if (!ReferenceEquals(shown, _madeFor.Shown) || wanted != _madeFor)
        {
            _made = Compare(scope, shown, kept);
            _madeFor = wanted;
        }

        return _made;
    }

    private TailComparison? Compare(ListScope scope, Snapshot shown, IEnumerable<Trace> kept)
    {
        if (scope.IsRange)
        {
            return TailComparison.Of(kept.Where(scope.Includes), kept, shown.Duration.P50Ns);
        }

        Trace[] traces = [.. kept.Where(scope.Includes)];
        LatencySummary summary = scope.Group?.Summary ?? Estimate(traces);
        long fromNs = Cut switch
        {
            TailCut.P90 => summary.P90Ns,
            TailCut.P99 => summary.P99Ns,
            _ => traces.Select(trace => trace.DurationNs).DefaultIfEmpty().Max(),
        };
        return TailComparison.Of(traces, summary.P50Ns, fromNs);
    }

    /// <summary>Of the kept requests, where the snapshot has no exact figures; they hold more slow ones than there were.</summary>
    private static LatencySummary Estimate(Trace[] traces)
    {
        LatencyHistogram histogram = new();
        foreach (Trace trace in traces)
        {
            histogram.Add(trace.DurationNs);
        }

        return histogram.Summarize(1);
    }
}
