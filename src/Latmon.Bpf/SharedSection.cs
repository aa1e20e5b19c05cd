using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>
/// A data section of the programs, mapped into this process. libbpf maps it only for generated skeletons; what it gives
/// otherwise is a private copy that the kernel never sees.
/// </summary>
internal sealed unsafe class SharedSection : IDisposable
{
    private readonly nuint _length;
    private bool _disposed;

    public SharedSection(nint map, string name)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        _length = (Libbpf.bpf_map__value_size(map) + page - 1) / page * page;
        nint address = Libc.mmap(0, _length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, Libbpf.bpf_map__fd(map), 0);
        Start = (byte*)(address != -1 ? address : BpfException.ThrowIfNull(0, $"mapping the section {name}"));
    }

    public byte* Start { get; }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _ = Libc.munmap((nint)Start, _length);
        }
    }
}
