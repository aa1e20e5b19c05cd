using Latmon.Pipeline.Filtering;

namespace Latmon.Pipeline.Tests.Filtering;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("1ns", 1)]
    [InlineData("250us", 250_000)]
    [InlineData("250µs", 250_000)]
    [InlineData("10ms", 10_000_000)]
    [InlineData("1.5s", 1_500_000_000)]
    [InlineData(".5s", 500_000_000)]
    [InlineData("2m", 120_000_000_000)]
    public void A_number_and_a_unit_are_a_duration(string text, long ns)
    {
        Assert.True(DurationText.TryParse(text, out long actual));
        Assert.Equal(ns, actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("ms")]
    [InlineData("10 ms")]
    [InlineData("10MS")]
    [InlineData("-10ms")]
    [InlineData("1e3ms")]
    [InlineData("1.2.3ms")]
    [InlineData("0ms")]
    [InlineData("0.1ns")]
    [InlineData("99999999999999999999s")]
    [InlineData("10msx")]
    public void Anything_else_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));
}
