using Xunit;

namespace Latmon.LiveTests.Product;

/// <summary>What a run that has ended left behind.</summary>
public sealed record FinishedRun(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)
{
    /// <summary>A refusal as the design wants it: the exit code, one sentence on stderr that names the cause, nothing on stdout.</summary>
    public void IsRefusal(int exitCode, params string[] named)
    {
        string errors = string.Join('\n', Errors);
        Assert.True(exitCode == ExitCode, $"Exit code {ExitCode} instead of {exitCode}; on stderr: {errors}");
        Assert.Empty(Output);
        string sentence = Assert.Single(Errors);
        Assert.StartsWith("latmon: ", sentence, StringComparison.Ordinal);
        foreach (string word in named)
        {
            Assert.Contains(word, sentence, StringComparison.OrdinalIgnoreCase);
        }

        HasNoStackTrace();
    }

    public void HasNoStackTrace()
    {
        foreach (string line in Errors)
        {
            Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", line, StringComparison.Ordinal);
        }
    }
}
