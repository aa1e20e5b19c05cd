using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Latmon.Capture.Tests;

/// <summary>Which part knows which. What is not in here is not allowed.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Knows = new()
    {
        ["Latmon.Bpf"] = [],
        ["Latmon.Pipeline"] = [],
        ["Latmon.Capture"] = ["Latmon.Bpf", "Latmon.Pipeline"],
        ["Latmon.Tui"] = ["Latmon.Pipeline"],
        ["Latmon"] = ["Latmon.Bpf", "Latmon.Capture", "Latmon.Pipeline", "Latmon.Tui"],
    };

    [Fact]
    public void Projects_know_each_other_one_way_only()
    {
        string[] projects = [.. Directory.GetDirectories(Source()).Select(folder => Path.GetFileName(folder)).Order()];
        Assert.Equal(Knows.Keys.Order(), projects);
        foreach (string project in projects)
        {
            string file = File.ReadAllText(Path.Combine(Source(), project, $"{project}.csproj"));
            Assert.Empty(Reference().Matches(file).Select(match => match.Groups[1].Value).Except(Knows[project]));
        }
    }

    /// <summary>The kernel's programs in their own project; beside them, what the runtime has no call for: the terminal's settings, to wait for its input, an owner.</summary>
    [Fact]
    public void Native_code_is_called_in_one_project_and_three_files_only()
    {
        string[] places = ["/Latmon.Bpf/", "/Latmon.Tui/Output/JobControl.cs", "/Latmon.Tui/Output/WaitingInput.cs", "/Latmon/CallerFiles.cs"];
        Assert.All(Files().Where(file => !places.Any(place => file.Contains(place, StringComparison.Ordinal))), file =>
            Assert.DoesNotMatch(NativeImport(), File.ReadAllText(file)));
    }

    [Fact]
    public void The_screen_and_the_pipeline_know_neither_kernel_nor_each_others_insides() =>
        Assert.All(Files(), file =>
        {
            string text = File.ReadAllText(file);
            Assert.False(file.Contains("/Latmon.Pipeline/", StringComparison.Ordinal) && text.Contains("Latmon.Tui", StringComparison.Ordinal), file);
            Assert.False(file.Contains("/Latmon.Tui/", StringComparison.Ordinal) && text.Contains("using Latmon.Pipeline.Wire", StringComparison.Ordinal), file);
        });

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Source(), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string Source([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "src"));

    [GeneratedRegex("""<ProjectReference Include="[^"]*/([^/"]+)\.csproj""")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\b|NativeLibrary\.")]
    private static partial Regex NativeImport();
}
