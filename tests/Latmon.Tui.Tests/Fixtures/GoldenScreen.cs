using System.Runtime.CompilerServices;

namespace Latmon.Tui.Tests.Fixtures;

/// <summary>Compares a screen with <c>Screens/NAME.screen.txt</c>; <c>UPDATE_SNAPSHOTS=1</c> writes the files anew.</summary>
internal static class GoldenScreen
{
    public static void Equals(string name, string actual)
    {
        string path = Path.Combine(Folder(), $"{name}.screen.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        string expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected != actual)
        {
            Assert.Fail($"{name}: {Difference(expected, actual)}\nThe screen now (UPDATE_SNAPSHOTS=1 accepts it):\n{actual}");
        }
    }

    private static string Difference(string expected, string actual)
    {
        string[] before = expected.Split('\n');
        string[] now = actual.Split('\n');
        for (int line = 0; line < Math.Min(before.Length, now.Length); line++)
        {
            if (before[line] != now[line])
            {
                return $"line {line + 1} differs\n  expected: {before[line]}\n  actual:   {now[line]}";
            }
        }

        return expected.Length == 0 ? "there is no such file yet" : "the number of lines differs";
    }

    private static string Folder([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "..", "Screens");
}
