using System.Collections.Immutable;
using Latmon.Pipeline.Windows;
using Latmon.Tui.HeatMap;
using static Latmon.Tui.Tests.Fixtures.RequestBuilder;

namespace Latmon.Tui.Tests;

public sealed class SlowRhythmTests
{
    [Theory]
    [InlineData(10, 120, 12)]
    [InlineData(3, 14, 4)]
    public void Moments_that_come_evenly_are_a_rhythm(int every, int seconds, int times) =>
        Assert.Equal(new SlowRhythm(every, times), SlowRhythm.Of(Seconds(seconds, second => second % every == every - 1)));

    [Fact]
    public void A_pause_that_reaches_into_the_next_second_is_one_moment() =>
        Assert.Equal(new SlowRhythm(10, 6), SlowRhythm.Of(Seconds(60, second => second % 10 is 4 or 5)));

    [Fact]
    public void Three_are_too_few() => Assert.Null(SlowRhythm.Of(Seconds(30, second => second % 10 == 3)));

    [Fact]
    public void Uneven_moments_are_none() => Assert.Null(SlowRhythm.Of(Seconds(60, second => second is 3 or 9 or 30 or 55)));

    [Fact]
    public void What_is_always_slow_is_none()
    {
        Assert.Null(SlowRhythm.Of(Seconds(60, _ => true)));
        Assert.Null(SlowRhythm.Of(Seconds(60, _ => false)));
        Assert.Null(SlowRhythm.Of([]));
    }

    private static ImmutableArray<TrafficSecond> Seconds(int count, Func<int, bool> isSlow) =>
        [.. Enumerable.Range(0, count).Select(second => Second(second, isSlow(second)))];

    private static TrafficSecond Second(int number, bool isSlow)
    {
        int[] counts = new int[DurationBuckets.Count];
        counts[DurationBuckets.Of(2 * Ms)] = 50;
        counts[DurationBuckets.Of(400 * Ms)] = isSlow ? 8 : 0;
        return new TrafficSecond(StartUnixNs + (number * TrafficSecond.LengthNs), [.. counts], []);
    }
}
