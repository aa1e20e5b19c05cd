using System.Collections.Immutable;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// Makes one snapshot of the windows as they are now. Exchanges are counted some time after their end: of those that end now none is
/// in it, so that a rate is over the time that is covered less what they took to come, in the mean.
/// </summary>
internal sealed class SnapshotBuilder(WindowRing ring, ExchangeBatch batch, TraceNames names)
{
    private const int MaxSlowest = 200;

    /// <param name="latest">A ring; <paramref name="next"/> is the place that will be written next.</param>
    public Snapshot Build(GroupTable services, GroupTable routes, GroupTable statements, ReadOnlySpan<KeptTrace> latest, int next)
    {
        LayerTally sum = new();
        long lagNs = 0;
        for (long number = ring.OldestSummarized; number <= ring.Newest; number++)
        {
            sum.Add(ring.At(number).Layers);
            lagNs += ring.At(number).LagNs;
        }

        long coveredNs = batch.TakenNs - (ring.OldestSummarized * Window.LengthNs);
        double seconds = Seconds(coveredNs - (lagNs / Math.Max(1, sum.Duration.Count)));
        return new Snapshot
        {
            TakenUnixNs = batch.TakenNs + batch.RealMinusMonotonicNs,
            Span = TimeSpan.FromSeconds(Seconds(coveredNs)),
            Duration = sum.Duration.Summarize(seconds),
            Layers = [.. Enumerable.Range(0, Layers.Count).Select(layer => Row((Layer)layer, sum, seconds))],
            RateHistory = [.. ClosedWindows().Select(window => (double)window.Layers.Duration.Count)],
            Services = [.. services.Summarize(ring.OldestSummarized, seconds).OrderByDescending(row => row.Summary.Count)],
            Routes = [.. routes.Summarize(ring.OldestSummarized, seconds).OrderByDescending(row => row.Summary.P99Ns)],
            Statements = [.. statements.Summarize(ring.OldestSummarized, seconds).OrderByDescending(row => row.Summary.TotalNs)],
            Slowest = Slowest(),
            Latest = Latest(latest, next),
            Counters = Counters(),
        };
    }

    private static double Seconds(long ns) => Math.Max(0.001, ns / (double)Window.LengthNs);

    private LayerRow Row(Layer layer, LayerTally sum, double seconds)
    {
        LatencySummary summary = sum[layer].Summarize(seconds);
        bool isInSum = (int)layer < Layers.SummedCount;
        double share = isInSum && sum.Duration.TotalNs > 0 ? (double)summary.TotalNs / sum.Duration.TotalNs : 0;
        return new LayerRow(
            layer, share, summary, sum.Unavailable(layer), sum.Inferred(layer),
            [.. ClosedWindows().Select(window => P99(window.Layers[layer]))]);
    }

    private IEnumerable<Window> ClosedWindows()
    {
        for (long number = Math.Max(ring.First, ring.Newest - WindowRing.Capacity + 1); number < ring.OldestOpen; number++)
        {
            yield return ring.At(number);
        }
    }

    private ImmutableArray<Trace> Slowest()
    {
        List<KeptTrace> kept = [];
        for (long number = Math.Max(ring.First, ring.Newest - WindowRing.Capacity + 1); number <= ring.Newest; number++)
        {
            kept.AddRange(ring.At(number).Slowest.Items);
        }

        kept.Sort(static (a, b) => b.WaitedNs.CompareTo(a.WaitedNs));
        return [.. kept.Take(MaxSlowest).Select(trace => trace.Trace(batch.RealMinusMonotonicNs, names))];
    }

    private ImmutableArray<Trace> Latest(ReadOnlySpan<KeptTrace> latest, int next)
    {
        ImmutableArray<Trace>.Builder traces = ImmutableArray.CreateBuilder<Trace>(latest.Length);
        for (int i = 1; i <= latest.Length; i++)
        {
            traces.Add(latest[(next - i + latest.Length) % latest.Length].Trace(batch.RealMinusMonotonicNs, names));
        }

        return traces.MoveToImmutable();
    }

    private PipelineCounters Counters()
    {
        CorrelationCounters counters = batch.Counters;
        return new PipelineCounters(
            counters.Records, counters.Lost, counters.Unseen, counters.Malformed, counters.Exchanges, counters.Incomplete,
            ring.Late, counters.Evicted, counters.OpenConnections)
        {
            LostParts = counters.LostParts,
            Assembly = batch.Assembly,
        };
    }

    private static long P99(LatencyHistogram histogram) => histogram.Count == 0 ? -1 : histogram.Percentile(0.99);
}
