using System.Collections;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Product;

/// <summary>The native binary under test: <c>LATMON_BIN</c>, else <c>out/latmon</c> of this repository.</summary>
public static class LatmonBinary
{
    private static string? _path;

    public static string Path => _path ??= Find();

    /// <summary>
    /// The environment of every run: a home without settings and no <c>LATMON_*</c> variable, so that a developer's
    /// own settings are no part of a test.
    /// </summary>
    public static Dictionary<string, string?> Environment(string home)
    {
        Dictionary<string, string?> variables = new() { ["HOME"] = home, ["XDG_CONFIG_HOME"] = null };
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name.StartsWith("LATMON_", StringComparison.OrdinalIgnoreCase))
            {
                variables[name] = null;
            }
        }

        return variables;
    }

    /// <summary>Runs the binary to its end, for calls that are expected to end by themselves.</summary>
    public static FinishedRun Run(params string[] arguments)
    {
        using TempDirectory home = new();
        return Run(home.Path, arguments);
    }

    public static FinishedRun Run(string home, string[] arguments) => Run(Path, home, arguments);

    public static FinishedRun Run(string file, string home, string[] arguments)
    {
        using ChildProcess child = ChildProcess.Start(file, arguments, Environment(home));
        int exitCode = child.WaitForExit(Deadline.Usual);
        return new FinishedRun(exitCode, child.Output.Lines, child.Errors.Lines);
    }

    private static string Find()
    {
        string path = System.Environment.GetEnvironmentVariable("LATMON_BIN") ?? System.IO.Path.Combine(RepositoryRoot(), "out", "latmon");
        return File.Exists(path)
            ? System.IO.Path.GetFullPath(path)
            : throw new FileNotFoundException($"{path} is missing: build it with `make`, or name another binary in LATMON_BIN.");
    }

    /// <summary>Where the scripts lie that users run too.</summary>
    public static string RepositoryRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Monitor.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests do not lie inside the repository; name the binary in LATMON_BIN.");
    }
}
