using System.Globalization;

namespace Latmon.LiveTests.Machine;

/// <summary>A control group of version 2, in a mount of the test's own; what is in it goes back to the root at the end.</summary>
public sealed class ControlGroup : IDisposable
{
    private readonly TempDirectory _mount = new();
    private readonly string _path;

    public ControlGroup(string name)
    {
        ChildProcess.Run("/bin/mount", ["-t", "cgroup2", "none", _mount.Path]);
        _path = Directory.CreateDirectory(_mount[name]).FullName;
    }

    public void Add(int pid) => Move(pid.ToString(CultureInfo.InvariantCulture), _path);

    public void Dispose()
    {
        foreach (string pid in File.ReadAllLines(Path.Combine(_path, "cgroup.procs")))
        {
            Move(pid, _mount.Path);
        }

        Directory.Delete(_path);
        ChildProcess.Run("/bin/umount", [_mount.Path]);
        _mount.Dispose();
    }

    private static void Move(string pid, string group) => File.WriteAllText(Path.Combine(group, "cgroup.procs"), pid);
}
