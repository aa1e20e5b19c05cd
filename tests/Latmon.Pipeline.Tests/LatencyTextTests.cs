namespace Latmon.Pipeline.Tests;

public sealed class LatencyTextTests
{
    [Theory]
    [InlineData(0, "0ns")]
    [InlineData(870, "870ns")]
    [InlineData(999, "999ns")]
    [InlineData(1_000, "1.00us")]
    [InlineData(9_994, "9.99us")]
    [InlineData(9_995, "10.0us")]
    [InlineData(99_949, "99.9us")]
    [InlineData(99_950, "100us")]
    [InlineData(999_499, "999us")]
    [InlineData(999_500, "1.00ms")]
    [InlineData(1_250_000, "1.25ms")]
    [InlineData(53_211_000, "53.2ms")]
    [InlineData(999_499_999, "999ms")]
    [InlineData(999_500_000, "1.00s")]
    [InlineData(2_100_000_000, "2.10s")]
    [InlineData(999_000_000_000, "999s")]
    [InlineData(-1, "?")]
    public void Three_digits_and_a_unit(long ns, string text) => Assert.Equal(text, LatencyText.Format(ns));

    [Fact]
    public void Unknown_is_not_zero() => Assert.Equal("?", LatencyText.Format(null));

    [Fact]
    public void Never_wider_than_a_column_of_six()
    {
        for (long ns = 1; ns < 900_000_000_000; ns += Math.Max(1, ns / 97))
        {
            Assert.InRange(LatencyText.Format(ns).Length, 3, 6);
        }
    }
}
