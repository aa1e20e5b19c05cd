using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Chain;

/// <summary>
/// Debian's package <c>node-pg</c> and what it needs, unpacked into the user's cache: as an installed package it wants Debian's own
/// node, and a machine may have another one.
/// </summary>
public static class NodeModules
{
    private static readonly string[] Packages = ["node-pg", "node-async", "node-readable-stream", "node-split2", "node-xtend"];

    private static readonly Lazy<string> Unpacked = new(Unpack);

    /// <summary>For <c>NODE_PATH</c>. Downloaded once.</summary>
    public static string Directory => Unpacked.Value;

    private static string Unpack()
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home
            ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string directory = Path.Combine(cache, "latmon", "node-pg");
        string modules = Path.Combine(directory, "usr", "share", "nodejs");
        if (!System.IO.Directory.Exists(directory))
        {
            using TempDirectory download = new();
            ChildProcess.Run("/bin/sh", ["-c", "cd \"$0\" && apt-get -qq -o APT::Sandbox::User=root download \"$@\"", download.Path, .. Packages]);
            string unfinished = $"{directory}.{Environment.ProcessId}";
            _ = System.IO.Directory.CreateDirectory(unfinished);
            foreach (string package in System.IO.Directory.GetFiles(download.Path, "*.deb"))
            {
                ChildProcess.Run("/usr/bin/dpkg", "-x", package, unfinished);
            }

            System.IO.Directory.Move(unfinished, directory);
        }

        return modules;
    }
}
