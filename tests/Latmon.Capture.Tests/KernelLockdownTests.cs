namespace Latmon.Capture.Tests;

public sealed class KernelLockdownTests
{
    [Theory]
    [InlineData("none [integrity] confidentiality\n", "integrity")]
    [InlineData("none integrity [confidentiality]\n", "confidentiality")]
    [InlineData("[none] integrity confidentiality\n", "none")]
    [InlineData("", "")]
    [InlineData("]x[", "")]
    public void The_mode_is_the_word_in_brackets(string choices, string mode) => Assert.Equal(mode, KernelLockdown.Selected(choices));
}
