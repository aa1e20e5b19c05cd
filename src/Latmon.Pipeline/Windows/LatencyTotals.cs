using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;

namespace Latmon.Pipeline.Windows;

/// <summary>Everything since the start in one window: what <c>latmon stat</c> prints. One thread.</summary>
public sealed class LatencyTotals(TraceFilter filter)
{
    private readonly EntryFilter _filter = new(filter);
    private readonly LayerTally _tally = new();
    private long _firstNs;
    private long _lastNs;

    public CorrelationCounters Counters { get; private set; }

    public double Seconds => (_lastNs - _firstNs) / 1e9;

    public LatencySummary Duration => _tally.Duration.Summarize(Seconds);

    public void Add(ExchangeBatch batch)
    {
        _firstNs = _firstNs == 0 ? batch.TakenNs : _firstNs;
        _lastNs = batch.TakenNs;
        Counters = batch.Counters;
        for (int at = 0; _filter.TryNextEntry(batch, ref at, out int entry);)
        {
            _tally.Add(batch.Items[entry]);
        }
    }

    /// <summary>All layers in order.</summary>
    public IEnumerable<LayerRow> Rows()
    {
        for (int i = 0; i < Layers.Count; i++)
        {
            Layer layer = (Layer)i;
            LatencySummary summary = _tally[layer].Summarize(Seconds);
            bool isInSum = i < Layers.SummedCount && _tally.Duration.TotalNs > 0;
            yield return new LayerRow(
                layer, isInSum ? (double)summary.TotalNs / _tally.Duration.TotalNs : 0, summary,
                _tally.Unavailable(layer), _tally.Inferred(layer), []);
        }
    }
}
