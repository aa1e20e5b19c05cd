using System.Diagnostics;

namespace Latmon.Capture;

/// <summary>CLOCK_MONOTONIC, the clock of every stamp that the programs take, and its distance to the wall clock.</summary>
internal static class MonotonicClock
{
    private const int Tries = 10;
    private const long NsPerTick = 100;

    /// <summary>On Linux the stopwatch is CLOCK_MONOTONIC in nanoseconds.</summary>
    public static long NowNs => Stopwatch.GetTimestamp();

    /// <summary>
    /// CLOCK_REALTIME minus CLOCK_MONOTONIC. A reading of one between two of the other; the narrowest of ten is kept, because a
    /// single one was found up to 96 us off where the clock source is slow.
    /// </summary>
    public static long RealMinusMonotonicNs()
    {
        long best = 0;
        long narrowest = long.MaxValue;
        for (int i = 0; i < Tries; i++)
        {
            long before = NowNs;
            long real = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * NsPerTick;
            long after = NowNs;
            if (after - before < narrowest)
            {
                narrowest = after - before;
                best = real - ((before + after) / 2);
            }
        }

        return best;
    }
}
