using System.Runtime.CompilerServices;
using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>
/// What this process may do, given up for good once the programs are attached. On Linux capabilities belong to a thread and go
/// over to the threads that it starts: done on the main thread before there are others, it holds for all.
/// </summary>
public static unsafe class Privileges
{
    private const uint Bpf = 1u << (39 - 32); // CAP_BPF, in the second word

    private static volatile bool _isFinalizerThreadDone;

    /// <summary>
    /// Afterwards nothing is left, except CAP_BPF where the kernel asks for it whenever a map is written: there the filter
    /// could not be changed without.
    /// </summary>
    /// <param name="worksWithout">Tells, on this thread and at that moment, whether it can be done without.</param>
    public static void GiveUp(Func<bool> worksWithout)
    {
        OfFinalizerThread();
        uint bpf = Permitted() & Bpf;
        Hold(permitted: bpf, effective: 0);
        if (bpf != 0 && worksWithout())
        {
            bpf = 0;
        }

        Hold(permitted: bpf, effective: bpf);
    }

    /// <summary>The runtime started that one before anything else ran; only a finalizer gets there.</summary>
    private static void OfFinalizerThread()
    {
        while (!_isFinalizerThreadDone)
        {
            Abandon();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon() => _ = new Finalized();

    private static uint Permitted()
    {
        Libc.cap_user_header header = new() { version = Libc.LINUX_CAPABILITY_VERSION_3 };
        Libc.cap_user_data* sets = stackalloc Libc.cap_user_data[2];
        return Libc.capget(&header, sets) == 0 ? sets[1].permitted : 0;
    }

    /// <summary>Of this thread, from now on. Giving up is always allowed.</summary>
    private static void Hold(uint permitted, uint effective)
    {
        Libc.cap_user_header header = new() { version = Libc.LINUX_CAPABILITY_VERSION_3 };
        Libc.cap_user_data* sets = stackalloc Libc.cap_user_data[2];
        sets[0] = default;
        sets[1] = new Libc.cap_user_data { permitted = permitted, effective = effective };
        _ = Libc.capset(&header, sets);
        _ = Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }

    private sealed class Finalized
    {
        ~Finalized()
        {
            Hold(permitted: 0, effective: 0);
            _isFinalizerThreadDone = true;
        }
    }
}
