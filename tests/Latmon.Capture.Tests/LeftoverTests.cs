using System.Diagnostics;
using System.Text.Json;
using Latmon.Testing;

namespace Latmon.Capture.Tests;

/// <summary>Disposed, nothing of it is left in the kernel (design, section 6, 5).</summary>
public sealed class LeftoverTests
{
    [Fact]
    public void Dispose_leaves_no_program_no_map_and_no_link()
    {
        HashSet<string> before = Own();
        OwnCapture capture = new();
        HashSet<string> during = Own();
        during.ExceptWith(before);
        foreach (string kind in new[] { "prog", "map", "link" })
        {
            Assert.Contains(during, entry => entry.StartsWith(kind, StringComparison.Ordinal));
        }

        Assert.Superset(during, All());
        capture.Dispose();

        // The kernel frees programs and maps a grace period later.
        Assert.True(Eventually.Is(() => !during.Overlaps(All())), string.Join('\n', during.Intersect(All())));
    }

    /// <summary>What this process holds by its open files; others on the machine come and go as they like.</summary>
    private static HashSet<string> Own()
    {
        HashSet<string> entries = [];
        foreach (string file in Directory.EnumerateFiles("/proc/self/fdinfo"))
        {
            foreach (string line in Lines(file))
            {
                string[] words = line.Split(":\t");
                if (words is ["prog_id" or "map_id" or "link_id", var id])
                {
                    _ = entries.Add($"{words[0][..^3]} {id}");
                }
            }
        }

        return entries;
    }

    /// <summary>The file that lists the directory is closed by the time it is looked at.</summary>
    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static HashSet<string> All()
    {
        HashSet<string> entries = [];
        foreach (string kind in new[] { "prog", "map", "link" })
        {
            using Process bpftool = Process.Start(
                new ProcessStartInfo("bpftool", ["-j", kind, "list"]) { RedirectStandardOutput = true })!;
            using JsonDocument document = JsonDocument.Parse(bpftool.StandardOutput.ReadToEnd());
            bpftool.WaitForExit();
            entries.UnionWith(document.RootElement.EnumerateArray().Select(entry => $"{kind} {entry.GetProperty("id").GetInt64()}"));
        }

        return entries;
    }
}
