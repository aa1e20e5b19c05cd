using Latmon.Tui.Output;

namespace Latmon.Tui.Tests;

public sealed class SplitSequenceTests
{
    [Theory]
    [InlineData("\e", true)]
    [InlineData("\e[", true)]
    [InlineData("\eO", true)]
    [InlineData("\e[1;5", true)]
    [InlineData("\e[<0;12;3", true)]
    [InlineData("\e[200", true)]
    [InlineData("\e[B", false)]
    [InlineData("\eOB", false)]
    [InlineData("\e[6~", false)]
    [InlineData("\e[<0;12;3M", false)]
    [InlineData("\ex", false)]
    [InlineData("x", false)]
    public void A_sequence_is_unfinished_until_its_last_byte(string sequence, bool unfinished) =>
        Assert.Equal(unfinished, SplitSequences.IsUnfinished(sequence));
}
