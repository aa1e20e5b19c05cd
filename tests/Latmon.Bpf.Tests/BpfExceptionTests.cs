namespace Latmon.Bpf.Tests;

public sealed class BpfExceptionTests
{
    [Theory]
    [InlineData(1, "loading: Operation not permitted (errno 1)", true)]
    [InlineData(2, "loading: No such file or directory (errno 2)", false)]
    [InlineData(12, "loading: Cannot allocate memory (errno 12)", false)]
    [InlineData(13, "loading: Permission denied (errno 13)", true)]
    [InlineData(22, "loading: Invalid argument (errno 22)", false)]
    public void Errno_becomes_a_sentence(int errno, string sentence, bool isPermission)
    {
        BpfException e = new("loading", errno);
        Assert.Equal((sentence, errno, isPermission), (e.Message, e.Errno, e.IsPermission));
    }

    [Fact]
    public void Only_negative_results_are_errors()
    {
        BpfException.ThrowIfNegative(0, "x");
        BpfException.ThrowIfNegative(7, "x");
        Assert.Equal(22, Assert.Throws<BpfException>(() => BpfException.ThrowIfNegative(-22, "x")).Errno);
    }
}
