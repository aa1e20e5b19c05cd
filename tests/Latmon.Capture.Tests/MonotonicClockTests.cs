namespace Latmon.Capture.Tests;

public sealed class MonotonicClockTests
{
    [Fact]
    public void Wall_clock_is_monotonic_clock_plus_the_distance()
    {
        long real = MonotonicClock.NowNs + MonotonicClock.RealMinusMonotonicNs();
        long expected = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        Assert.InRange(expected - real, -1_000_000, 50_000_000);
    }
}
