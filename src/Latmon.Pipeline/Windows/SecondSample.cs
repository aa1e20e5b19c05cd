using System.Collections.Immutable;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// A few exchanges of one second: of each route the slowest and one taken at random, so that a rare or fast route has a
/// usual request and a slow one to look at, whatever the busy ones do.
/// </summary>
/// <param name="seed">Of the choice at random; the same events give the same sample.</param>
internal sealed class SecondSample(int seed, KeptBudget budget)
{
    /// <summary>Routes beyond this in one second are not sampled.</summary>
    public const int MostRoutes = 24;

    private readonly Dictionary<int, RouteSample> _byRoute = new(MostRoutes);
    private readonly List<RouteSample> _spare = [];
    private readonly int[] _counts = new int[DurationBuckets.Count];
    private Random _random = new(seed);

    public ImmutableArray<int> Counts => [.. _counts];

    /// <param name="route">The key of its route, as bytes.</param>
    public void Offer(ReadOnlySpan<byte> route, in TraceRun run)
    {
        _counts[DurationBuckets.Of(run.Items[0].DurationNs)]++;
        HashCode hash = default;
        hash.AddBytes(route);
        int key = hash.ToHashCode();
        if (!_byRoute.TryGetValue(key, out RouteSample? sample))
        {
            if (_byRoute.Count == MostRoutes)
            {
                return;
            }

            sample = Unused();
            _byRoute[key] = sample;
        }

        sample.Offer(run, _random);
    }

    public IEnumerable<Trace> Traces(long realMinusMonotonicNs, TraceNames names) =>
        _byRoute.Values.SelectMany(sample => sample.Traces(realMinusMonotonicNs, names));

    public void Clear()
    {
        _spare.AddRange(_byRoute.Values);
        _byRoute.Clear();
        Array.Clear(_counts);
        _random = new Random(seed);
    }

    private RouteSample Unused()
    {
        if (_spare.Count == 0)
        {
            return new RouteSample(budget);
        }

        RouteSample sample = _spare[^1];
        _spare.RemoveAt(_spare.Count - 1);
        sample.Clear();
        return sample;
    }

    private sealed class RouteSample(KeptBudget budget)
    {
        private readonly KeptTrace _slowest = new(budget);
        private readonly KeptTrace _usual = new(budget);
        private int _count;

        public void Offer(in TraceRun run, Random random)
        {
            _count++;
            bool first = _count == 1;
            if (first || run.Items[0].WaitedNs > _slowest.WaitedNs)
            {
                _slowest.Set(run);
            }

            // The n-th replaces the one kept with probability 1/n: each has the same chance in the end.
            if (first || random.Next(_count) == 0)
            {
                _usual.Set(run);
            }
        }

        public IEnumerable<Trace> Traces(long realMinusMonotonicNs, TraceNames names)
        {
            Trace slowest = _slowest.Trace(realMinusMonotonicNs, names);
            Trace usual = _usual.Trace(realMinusMonotonicNs, names);
            return usual.Id == slowest.Id ? [slowest] : [slowest, usual];
        }

        public void Clear() => _count = 0;
    }
}
