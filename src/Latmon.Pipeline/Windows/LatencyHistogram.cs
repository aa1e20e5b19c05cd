using System.Numerics;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// Counts of durations in log-linear buckets: 16 per power of two, so a bucket's midpoint is within 3.2 % of every value in it.
/// Fixed size (2.4 KB), no allocation after construction, from 0 to 2^40 ns (18 minutes; longer counts as that).
/// </summary>
/// <remarks>
/// The HDR library's smallest histogram of this precision takes 12.8 KB, and there are some thousand of these at once:
/// one per layer and window, ten per service and route.
/// </remarks>
public sealed class LatencyHistogram
{
    private const int SubBits = 4;
    private const int SubCount = 1 << SubBits;
    private const int HighestPower = 40;
    private const int BucketCount = (HighestPower - SubBits + 2) * SubCount;

    private readonly uint[] _counts = new uint[BucketCount];

    public long Count { get; private set; }

    public long TotalNs { get; private set; }

    public long MaxNs { get; private set; }

    /// <summary>Negative durations do not exist; they would count as 0.</summary>
    public void Add(long ns)
    {
        ns = Math.Max(0, ns);
        Count++;
        TotalNs += ns;
        MaxNs = Math.Max(MaxNs, ns);
        _counts[Bucket(ns)]++;
    }

    public void Add(LatencyHistogram other)
    {
        Count += other.Count;
        TotalNs += other.TotalNs;
        MaxNs = Math.Max(MaxNs, other.MaxNs);
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
    }

    /// <summary>The duration that the given part (0 to 1) of all do not exceed; 0 when there are none. Never above the maximum.</summary>
    public long Percentile(double part)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(Count * part));
        long seen = 0;
        for (int i = 0; i < _counts.Length && Count > 0; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(MaxNs, Midpoint(i));
            }
        }

        return 0;
    }

    public void Clear()
    {
        if (Count > 0)
        {
            Array.Clear(_counts);
        }

        Count = 0;
        TotalNs = 0;
        MaxNs = 0;
    }

    public LatencySummary Summarize(double seconds) => new(
        Count, seconds > 0 ? Count / seconds : 0, TotalNs, Percentile(0.5), Percentile(0.9), Percentile(0.99), MaxNs);

    private static int Bucket(long ns)
    {
        if (ns < SubCount)
        {
            return (int)ns;
        }

        int power = 63 - BitOperations.LeadingZeroCount((ulong)ns);
        if (power > HighestPower)
        {
            return BucketCount - 1;
        }

        return ((power - SubBits + 1) << SubBits) + (int)((ns >> (power - SubBits)) & (SubCount - 1));
    }

    private static long Midpoint(int bucket)
    {
        if (bucket < SubCount)
        {
            return bucket;
        }

        int shift = (bucket >> SubBits) - 1;
        long from = (long)(SubCount + (bucket & (SubCount - 1))) << shift;
        return from + ((1L << shift) >> 1);
    }
}
