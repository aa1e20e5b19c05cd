using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Tests.Correlation;

public sealed class SeenRangeTests
{
    private static SeenRange Never => default;

    [Fact]
    public void What_was_never_seen_adds_nothing()
    {
        SeenRange seen = new(5, 9);
        Assert.False(Never.IsSeen);
        Assert.Equal(Never, SeenRange.Union(Never, Never));
        Assert.Equal(seen, SeenRange.Union(seen, Never));
        Assert.Equal(seen, SeenRange.Union(Never, seen));
    }

    [Fact]
    public void Together_they_reach_from_the_first_to_the_last()
    {
        Assert.Equal(new SeenRange(5, 20), SeenRange.Union(new SeenRange(5, 9), new SeenRange(12, 20)));
        Assert.Equal(new SeenRange(5, 20), SeenRange.Union(new SeenRange(7, 20), new SeenRange(5, 6)));
    }
}
