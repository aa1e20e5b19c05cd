using System.Globalization;
using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>Network namespaces by the number that the kernel knows them by.</summary>
internal static class NetworkNamespace
{
    /// <param name="pathOrPid">A namespace file, or a process whose namespace is meant.</param>
    public static uint Resolve(string pathOrPid, ProcessNamespaces processes)
    {
        string path = pathOrPid;
        if (int.TryParse(pathOrPid, NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
        {
            if (processes.Of(pid) is { } netns)
            {
                return netns;
            }

            path = ProcessNamespaces.FileOf(pid);
        }

        return Inode.TryGet(path, out ulong inode)
            ? (uint)inode
            : throw new CaptureException(
                $"There is no network namespace at {path}; give a file such as /run/netns/NAME or a process id.",
                CaptureFailure.Usage);
    }
}
