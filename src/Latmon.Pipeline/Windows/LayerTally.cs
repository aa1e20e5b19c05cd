using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Windows;

/// <summary>What one window knows of the layers: a histogram each, and how often a layer could not be measured.</summary>
internal sealed class LayerTally
{
    private readonly LatencyHistogram[] _histograms = [.. Enumerable.Range(0, Layers.Count).Select(_ => new LatencyHistogram())];
    private readonly long[] _unavailable = new long[Layers.Count];
    private readonly long[] _inferred = new long[Layers.Count];

    public LatencyHistogram Duration { get; } = new();

    public LatencyHistogram this[Layer layer] => _histograms[(int)layer];

    public long Unavailable(Layer layer) => _unavailable[(int)layer];

    public long Inferred(Layer layer) => _inferred[(int)layer];

    public void Add(in Exchange exchange)
    {
        Duration.Add(exchange.DurationNs);
        for (int i = 0; i < Layers.SummedCount; i++)
        {
            if (!exchange.Layers.Occurs((Layer)i))
            {
                continue;
            }

            Evidence evidence = exchange.Layers.Evidence((Layer)i);
            if (evidence == Evidence.Unavailable)
            {
                _unavailable[i]++;
                continue;
            }

            _inferred[i] += evidence == Evidence.Inferred ? 1 : 0;
            _histograms[i].Add(exchange.Layers.Ns[i]);
        }

        if (exchange.DeliveredNs >= 0)
        {
            _histograms[(int)Layer.NetEgress].Add(exchange.DeliveredNs);
        }
        else
        {
            _unavailable[(int)Layer.NetEgress]++;
        }
    }

    public void Add(LayerTally other)
    {
        Duration.Add(other.Duration);
        for (int i = 0; i < Layers.Count; i++)
        {
            _histograms[i].Add(other._histograms[i]);
            _unavailable[i] += other._unavailable[i];
            _inferred[i] += other._inferred[i];
        }
    }

    public void Clear()
    {
        Duration.Clear();
        foreach (LatencyHistogram histogram in _histograms)
        {
            histogram.Clear();
        }

        Array.Clear(_unavailable);
        Array.Clear(_inferred);
    }
}
