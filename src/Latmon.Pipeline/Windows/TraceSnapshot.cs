using System.Collections.Immutable;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Windows;

/// <summary>A snapshot of traces that are all at hand, of a file: the summaries cover all of them.</summary>
public static class TraceSnapshot
{
    private const int SummedLayers = (int)Layer.Unattributed + 1;

    public static Snapshot Of(IReadOnlyCollection<Trace> traces)
    {
        if (traces.Count == 0)
        {
            return Snapshot.Empty;
        }

        long firstNs = traces.Min(trace => trace.StartUnixNs);
        long lastNs = traces.Max(EndUnixNs);
        double seconds = Math.Max(0.001, (lastNs - firstNs) / 1e9);
        ILookup<long, Trace> bySecond = traces.ToLookup(trace => EndUnixNs(trace) / Window.LengthNs);
        ImmutableArray<long> numbers = [.. bySecond.Select(second => second.Key).Order()];
        return new Snapshot
        {
            TakenUnixNs = lastNs,
            Span = TimeSpan.FromSeconds(seconds),
            Duration = Summary(traces.Select(trace => trace.DurationNs), seconds),
            Layers = [.. Enumerable.Range(0, Layers.Count).Select(layer => Row((Layer)layer, traces, bySecond, numbers, seconds))],
            RateHistory = [.. numbers.Select(number => (double)bySecond[number].Count())],
            Services = [.. Groups(traces, trace => trace.Service, seconds).OrderByDescending(row => row.Summary.Count)],
            Routes = [.. Groups(traces, trace => trace.Name, seconds).OrderByDescending(row => row.Summary.P99Ns)],
            Statements = [.. Statements(traces, seconds).OrderByDescending(row => row.Summary.TotalNs)],
            Slowest = [.. traces.OrderByDescending(trace => trace.WaitedNs)],
            Latest = [.. traces.OrderByDescending(trace => trace.StartUnixNs)],
            Seconds = [.. numbers.Select(number => Second(number, [.. bySecond[number]]))],
            Counters = default(PipelineCounters) with
            {
                Exchanges = traces.Count,
                Incomplete = traces.Count(trace => !trace.Complete),
            },
        };
    }

    private static long EndUnixNs(Trace trace) => trace.StartUnixNs + trace.DurationNs;

    private static LatencySummary Summary(IEnumerable<long> durationsNs, double seconds)
    {
        LatencyHistogram histogram = new();
        foreach (long ns in durationsNs)
        {
            histogram.Add(ns);
        }

        return histogram.Summarize(seconds);
    }

    private static LayerRow Row(
        Layer layer, IReadOnlyCollection<Trace> traces, ILookup<long, Trace> bySecond, ImmutableArray<long> numbers, double seconds)
    {
        LayerTime[] times = [.. traces.SelectMany(trace => In(trace, layer))];
        LatencySummary summary = Summary(times.Where(time => time.DurationNs is not null).Select(time => time.DurationNs!.Value), seconds);
        double wholeNs = traces.Sum(trace => (double)trace.DurationNs);
        return new LayerRow(
            layer,
            (int)layer < SummedLayers && wholeNs > 0 ? summary.TotalNs / wholeNs : 0,
            summary,
            times.Count(time => time.DurationNs is null),
            times.Count(time => time.Evidence == Evidence.Inferred),
            [.. numbers.Select(number => P99(bySecond[number].SelectMany(trace => In(trace, layer))))]);
    }

    private static IEnumerable<LayerTime> In(Trace trace, Layer layer) => layer == Layer.NetEgress
        ? [new LayerTime(
            layer, trace.DurationNs, trace.DeliveredNs, null, trace.DeliveredNs is null ? Evidence.Unavailable : Evidence.Measured)]
        : trace.Layers.Where(time => time.Layer == layer);

    private static long P99(IEnumerable<LayerTime> times)
    {
        LatencySummary summary = Summary(times.Where(time => time.DurationNs is not null).Select(time => time.DurationNs!.Value), 1);
        return summary.Count == 0 ? -1 : summary.P99Ns;
    }

    private static IEnumerable<GroupRow> Groups(IEnumerable<Trace> traces, Func<Trace, string> key, double seconds) =>
        traces.GroupBy(key).Select(group => new GroupRow(
            group.Key,
            Summary(group.Select(trace => trace.DurationNs), seconds),
            group.Count(trace => trace.Attribute("http.response.status_code") is long and >= 500),
            [.. Enumerable.Range(0, SummedLayers).Select(layer => group.Sum(trace => TotalNs(trace, (Layer)layer)))]));

    private static IEnumerable<GroupRow> Statements(IEnumerable<Trace> traces, double seconds) =>
        traces.SelectMany(DatabaseCalls.Of).GroupBy(call => call.Statement).Select(group => new GroupRow(
            group.Key,
            Summary(group.Select(call => call.DurationNs), seconds),
            group.Count(call => call.Inside?.Attribute("db.response.status_code") is not null),
            [.. new long[SummedLayers]]));

    private static long TotalNs(Trace trace, Layer layer) =>
        trace.Layers.Where(time => time.Layer == layer).Sum(time => time.DurationNs ?? 0);

    private static TrafficSecond Second(long number, ImmutableArray<Trace> traces)
    {
        int[] counts = new int[DurationBuckets.Count];
        foreach (Trace trace in traces)
        {
            counts[DurationBuckets.Of(trace.DurationNs)]++;
        }

        return new TrafficSecond(number * Window.LengthNs, [.. counts], traces);
    }
}
