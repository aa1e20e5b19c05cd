using System.Collections.Immutable;
using Latmon.Pipeline.Windows;

namespace Latmon.Tui.HeatMap;

/// <summary>
/// Slow moments that come again and again: a collection, a backup, a timer. Whole seconds are compared, so an interval is known
/// to a second, and their mean better.
/// </summary>
internal readonly record struct SlowRhythm(double EverySeconds, int Times)
{
    /// <summary>Fewer may be evenly spaced by chance.</summary>
    private const int LeastTimes = 4;

    /// <summary>A slow second's slowest request is so many buckets above the usual second's: 2.8 times as long.</summary>
    private const int BucketsAbove = 6;

    /// <summary>Null when there is no slow moment, or they do not come evenly.</summary>
    public static SlowRhythm? Of(ImmutableArray<TrafficSecond> seconds)
    {
        int[] slowest = [.. seconds.Select(second => second.Counts.AsSpan().LastIndexOfAnyExcept(0))];
        int[] used = [.. slowest.Where(bucket => bucket >= 0).Order()];
        if (used.Length == 0)
        {
            return null;
        }

        int slowFrom = used[used.Length / 2] + BucketsAbove;
        long[] moments =
        [
            .. Enumerable.Range(0, slowest.Length)
                .Where(i => slowest[i] >= slowFrom && (i == 0 || slowest[i - 1] < slowFrom))
                .Select(i => seconds[i].StartUnixNs),
        ];
        return moments.Length < LeastTimes ? null : Even(moments);
    }

    private static SlowRhythm? Even(long[] moments)
    {
        double everySeconds = Seconds(moments[^1] - moments[0]) / (moments.Length - 1);
        double slackSeconds = 1.05 + (everySeconds / 20);
        return moments.Zip(moments.Skip(1)).All(pair => Math.Abs(Seconds(pair.Second - pair.First) - everySeconds) <= slackSeconds)
            ? new SlowRhythm(everySeconds, moments.Length)
            : null;
    }

    private static double Seconds(long ns) => (double)ns / TrafficSecond.LengthNs;
}
