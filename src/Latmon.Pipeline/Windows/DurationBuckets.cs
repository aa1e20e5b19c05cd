using System.Numerics;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// Logarithmic classes of durations, four per power of two, for a heat map: what is shorter than <see cref="LowestNs"/> counts
/// as the first, what is longer than a minute as the last.
/// </summary>
public static class DurationBuckets
{
    public const long LowestNs = 1L << LowestPower;

    public const int Count = (HighestPower - LowestPower) * PerPower;

    private const int LowestPower = 12;
    private const int HighestPower = 36;
    private const int PerPower = 4;

    public static int Of(long ns)
    {
        if (ns < LowestNs)
        {
            return 0;
        }

        int power = 63 - BitOperations.LeadingZeroCount((ulong)ns);
        int quarter = (int)((ns >> (power - 2)) & (PerPower - 1));
        return Math.Min(Count - 1, ((power - LowestPower) * PerPower) + quarter);
    }

    /// <summary>The shortest duration of a bucket; of <see cref="Count"/> the end of the last.</summary>
    public static long FromNs(int bucket)
    {
        int power = LowestPower + (bucket / PerPower);
        return (long)(PerPower + (bucket % PerPower)) << (power - 2);
    }
}
