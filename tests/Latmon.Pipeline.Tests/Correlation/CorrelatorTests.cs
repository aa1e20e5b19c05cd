using System.Runtime.CompilerServices;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>
/// Every file in <c>Scenarios/</c>. The part behind <c>=&gt;</c> is what must come out, to the letter;
/// <c>UPDATE_SNAPSHOTS=1</c> writes it anew, to be read before it is believed.
/// </summary>
public sealed class CorrelatorTests
{
    private const string Separator = "=>";

    public static TheoryData<string> Files() =>
        [.. Directory.GetFiles(Folder(), "*.scenario").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void Exchanges_are_what_the_scenario_says(string name)
    {
        string path = Path.Combine(Folder(), $"{name}.scenario");
        string[] lines = File.ReadAllLines(path);
        int separator = Array.IndexOf(lines, Separator);
        string actual = Scenario.Play(lines.Take(separator));
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, string.Join('\n', lines.Take(separator + 1)) + "\n" + actual);
            return;
        }

        Assert.Equal(string.Join('\n', lines.Skip(separator + 1)) + "\n", actual);
    }

    [Fact]
    public void Every_scenario_says_what_it_is_about()
    {
        Assert.All(Directory.GetFiles(Folder(), "*.scenario"), path => Assert.StartsWith("# ", File.ReadAllText(path)));
    }

    private static string Folder([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "Scenarios");
}
