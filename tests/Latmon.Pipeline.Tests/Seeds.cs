namespace Latmon.Pipeline.Tests;

/// <summary>Random cases that are the same on every run, and say how to play them again.</summary>
internal static class Seeds
{
    public static Random Random(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
