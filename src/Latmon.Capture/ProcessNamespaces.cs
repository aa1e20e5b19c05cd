using System.Globalization;
using System.Runtime.InteropServices;
using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>
/// Which process lives in which network namespace, at the moment of the question. Of other people's processes /proc says so
/// only to who may trace them, which latmon gives up; so the kernel is asked by an iterator of its own as well.
/// </summary>
internal sealed class ProcessNamespaces(BpfObject programs)
{
    private readonly BpfIterator? _iterator = Attach(programs);

    /// <summary>Null when there is no such process.</summary>
    public uint? Of(int pid)
    {
        if (Inode.TryGet(FileOf(pid), out ulong inode))
        {
            return (uint)inode;
        }

        return AskKernel().TryGetValue(pid, out uint netns) ? netns : null;
    }

    /// <summary>Every namespace that a process lives in, with one such process.</summary>
    public Dictionary<uint, int> All()
    {
        Dictionary<uint, int> namespaces = [];
        foreach ((int pid, uint netns) in AskKernel())
        {
            _ = namespaces.TryAdd(netns, pid);
        }

        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && Inode.TryGet(FileOf(pid), out ulong inode))
            {
                _ = namespaces.TryAdd((uint)inode, pid);
            }
        }

        return namespaces;
    }

    /// <summary>
    /// Namespaces by process, of all that the kernel has. Its numbers are not those of /proc inside a container's own process
    /// namespace; then they are of no use, and there are none.
    /// </summary>
    internal Dictionary<int, uint> AskKernel()
    {
        Dictionary<int, uint> namespaces = [];
        foreach (Entry entry in MemoryMarshal.Cast<byte, Entry>(Run()))
        {
            if (entry.Netns != 0)
            {
                namespaces[(int)entry.Pid] = entry.Netns;
            }
        }

        bool samePids = Inode.TryGet("/proc/self/ns/net", out ulong own)
            && namespaces.TryGetValue(Environment.ProcessId, out uint netns) && netns == own;
        return samePids ? namespaces : [];
    }

    public static string FileOf(int pid) => $"/proc/{pid}/ns/net";

    private static BpfIterator? Attach(BpfObject programs)
    {
        try
        {
            return programs.Iterator("namespaces");
        }
        catch (BpfException)
        {
            return null;
        }
    }

    private ReadOnlySpan<byte> Run()
    {
        try
        {
            using FileStream? run = _iterator?.Open();
            using MemoryStream entries = new();
            run?.CopyTo(entries);
            return entries.GetBuffer().AsSpan(0, (int)entries.Length);
        }
        catch (BpfException)
        {
            return [];
        }
    }

    /// <summary><c>struct process_namespace</c> of latmon.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Entry(uint Pid, uint Netns);
}
