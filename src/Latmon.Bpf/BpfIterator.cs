using Latmon.Bpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Latmon.Bpf;

/// <summary>An iterator program that can be run any number of times; it lives as long as its object.</summary>
public sealed class BpfIterator
{
    private readonly BpfLink _link;
    private readonly string _program;

    internal BpfIterator(BpfLink link, string program)
    {
        _link = link;
        _program = program;
    }

    /// <summary>
    /// One run, which begins with the first read: every read runs the program on the reading thread and gives what it wrote. Asks
    /// for privileges before Linux 5.19; reading never does. The caller disposes it.
    /// </summary>
    public FileStream Open()
    {
        int fd = Libbpf.bpf_iter_create(_link.Fd);
        BpfException.ThrowIfNegative(fd, $"opening the iterator {_program}");
        return new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.Read, bufferSize: 0);
    }

    /// <summary>One whole run of a program that writes nothing.</summary>
    public void Run()
    {
        using FileStream run = Open();
        run.CopyTo(Stream.Null);
    }
}
