using System.Collections.Immutable;
using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// The last seconds of one service or route: one slot per window, so that the old falls out without being remembered
/// exchange by exchange.
/// </summary>
internal sealed class GroupTally(string key)
{
    private readonly Slot[] _slots = [.. Enumerable.Range(0, WindowRing.MostSummarized).Select(_ => new Slot())];

    public string Key { get; } = key;

    public long LastWindow { get; private set; }

    public void Add(long window, in Exchange exchange)
    {
        Slot slot = Add(window, exchange.DurationNs);
        slot.Errors += exchange.Status >= 500 || exchange.Database.SqlState.IsSet ? 1 : 0;
        for (int i = 0; i < Layers.SummedCount; i++)
        {
            slot.LayerTotalsNs[i] += exchange.Layers.Ns[i];
        }
    }

    /// <summary>Of something that has no layers.</summary>
    public void Add(long window, in SpanEvent span) => _ = Add(window, span.DurationNs);

    private Slot Add(long window, long durationNs)
    {
        LastWindow = Math.Max(LastWindow, window);
        Slot slot = _slots[(int)(window % WindowRing.MostSummarized)];
        if (slot.Window != window)
        {
            slot.Begin(window);
        }

        slot.Duration.Add(durationNs);
        return slot;
    }

    public GroupRow Summarize(long oldestWindow, double seconds)
    {
        LatencyHistogram duration = new();
        long[] layers = new long[Layers.SummedCount];
        long errors = 0;
        foreach (Slot slot in _slots)
        {
            if (slot.Window < oldestWindow)
            {
                continue;
            }

            duration.Add(slot.Duration);
            errors += slot.Errors;
            for (int i = 0; i < layers.Length; i++)
            {
                layers[i] += slot.LayerTotalsNs[i];
            }
        }

        return new GroupRow(Key, duration.Summarize(seconds), errors, [.. layers]);
    }

    private sealed class Slot
    {
        public long Window = -1;
        public long Errors;

        public LatencyHistogram Duration { get; } = new();

        public long[] LayerTotalsNs { get; } = new long[Layers.SummedCount];

        public void Begin(long window)
        {
            Window = window;
            Errors = 0;
            Duration.Clear();
            Array.Clear(LayerTotalsNs);
        }
    }
}
