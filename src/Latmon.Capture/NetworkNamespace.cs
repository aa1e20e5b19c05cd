using System.Globalization;
using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>Network namespaces by the number that the kernel knows them by.</summary>
internal static class NetworkNamespace
{
    /// <param name="pathOrPid">A namespace file, or a process whose namespace is meant.</param>
    public static uint Resolve(string pathOrPid)
    {
        string path = int.TryParse(pathOrPid, NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            ? $"/proc/{pid}/ns/net"
            : pathOrPid;
        return Inode.TryGet(path, out ulong inode)
            ? (uint)inode
            : throw new CaptureException(
                $"There is no network namespace at {path}; give a file such as /run/netns/NAME or a process id.",
                CaptureFailure.Usage);
    }

    /// <summary>Every namespace that a process lives in, with one such process.</summary>
    public static Dictionary<uint, int> All()
    {
        Dictionary<uint, int> namespaces = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && Inode.TryGet($"{directory}/ns/net", out ulong inode))
            {
                _ = namespaces.TryAdd((uint)inode, pid);
            }
        }

        return namespaces;
    }
}
