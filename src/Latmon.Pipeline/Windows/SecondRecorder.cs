using System.Collections.Immutable;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// The seconds of the last two minutes as <see cref="TrafficSecond"/>. Only the open ones are kept as exchanges; what is closed is
/// made once into traces that every later snapshot shares.
/// </summary>
internal sealed class SecondRecorder(KeptBudget budget, TraceNames names)
{
    private static readonly ImmutableArray<int> NoCounts = [.. new int[DurationBuckets.Count]];

    private readonly Queue<SecondSample> _spare = new();
    private readonly SortedDictionary<long, SecondSample> _open = [];
    private readonly Queue<TrafficSecond> _closed = new();
    private long _newestClosed = -1;

    /// <summary>One that comes after its second was closed is counted by the windows, and left out here.</summary>
    public void Add(long window, ReadOnlySpan<byte> route, in TraceRun run)
    {
        if (window <= _newestClosed)
        {
            return;
        }

        if (!_open.TryGetValue(window, out SecondSample? sample))
        {
            sample = _spare.Count > 0 ? _spare.Dequeue() : new SecondSample(seed: 1, budget);
            sample.Clear();
            _open[window] = sample;
        }

        sample.Offer(route, run);
    }

    /// <summary>Closes the seconds before the oldest open window; those without an exchange are there, with zeros.</summary>
    public ImmutableArray<TrafficSecond> Close(long first, long oldestOpen, long realMinusMonotonicNs)
    {
        long from = Math.Max(Math.Max(first, _newestClosed + 1), oldestOpen - WindowRing.Capacity);
        for (long number = from; number < oldestOpen; number++)
        {
            _closed.Enqueue(Closed(number, realMinusMonotonicNs));
            _newestClosed = number;
        }

        while (_closed.Count > WindowRing.Capacity)
        {
            _closed.Dequeue();
        }

        return [.. _closed];
    }

    public void Clear()
    {
        foreach (SecondSample sample in _open.Values)
        {
            _spare.Enqueue(sample);
        }

        _open.Clear();
        _closed.Clear();
        _newestClosed = -1;
    }

    private TrafficSecond Closed(long number, long realMinusMonotonicNs)
    {
        long startUnixNs = (number * Window.LengthNs) + realMinusMonotonicNs;
        if (!_open.Remove(number, out SecondSample? sample))
        {
            return new TrafficSecond(startUnixNs, NoCounts, []);
        }

        TrafficSecond second = new(startUnixNs, sample.Counts, [.. sample.Traces(realMinusMonotonicNs, names)]);
        _spare.Enqueue(sample);
        return second;
    }
}
