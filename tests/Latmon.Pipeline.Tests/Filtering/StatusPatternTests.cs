using Latmon.Pipeline.Filtering;

namespace Latmon.Pipeline.Tests.Filtering;

public sealed class StatusPatternTests
{
    [Theory]
    [InlineData("404", 404, 404, "404")]
    [InlineData("5xx", 500, 599, "5xx")]
    [InlineData("1XX", 100, 199, "1xx")]
    public void A_status_or_a_class_of_them(string text, int from, int to, string printed)
    {
        Assert.True(StatusPattern.TryParse(text, out StatusPattern pattern));
        Assert.Equal((from, to, printed), (pattern.From, pattern.To, pattern.ToString()));
        Assert.True(pattern.Matches(from) && pattern.Matches(to) && !pattern.Matches(from - 1) && !pattern.Matches(to + 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0xx")]
    [InlineData("099")]
    [InlineData("40")]
    [InlineData("4040")]
    [InlineData("4x4")]
    [InlineData("xxx")]
    [InlineData("+40")]
    [InlineData("٤٠٤")]
    public void Anything_else_is_refused(string text) => Assert.False(StatusPattern.TryParse(text, out _));
}
