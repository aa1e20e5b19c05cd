using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>One attachment. Disposing detaches; the kernel does the same when the process dies in any way.</summary>
internal sealed class BpfLink(nint link) : IDisposable
{
    private nint _link = link;

    public int Fd => Libbpf.bpf_link__fd(_link);

    public void Dispose()
    {
        nint link = Interlocked.Exchange(ref _link, 0);
        if (link != 0)
        {
            _ = Libbpf.bpf_link__destroy(link);
        }
    }
}
