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

    /// <summary>
    /// CAP_PERFMON and CAP_BPF load and attach, CAP_CHECKPOINT_RESTORE opens the files behind /proc/PID/map_files.
    /// </summary>
    private const uint ToProbeHigh = (1u << (38 - 32)) | Bpf | (1u << (40 - 32));

    /// <summary>
    /// CAP_SYS_ADMIN for uprobes (perf_event_open asks for it where perf_event_paranoid is 3, as on Debian), CAP_SYS_PTRACE and
    /// CAP_DAC_READ_SEARCH to find out which files other users' processes have mapped.
    /// </summary>
    private const uint ToProbeLow = (1u << 21) | (1u << 19) | (1u << 2);

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

    /// <summary>Of a thread that goes on attaching to the processes that come: it keeps what that takes, and nothing else.</summary>
    public static void KeepToProbe() => Hold(ToProbeHigh & Permitted(), ToProbeHigh & Permitted(), ToProbeLow & PermittedLow());

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

    private static uint Permitted() => PermittedWord(1);

    private static uint PermittedLow() => PermittedWord(0);

    private static uint PermittedWord(int word)
    {
        Libc.cap_user_header header = new() { version = Libc.LINUX_CAPABILITY_VERSION_3 };
        Libc.cap_user_data* sets = stackalloc Libc.cap_user_data[2];
        return Libc.capget(&header, sets) == 0 ? sets[word].permitted : 0;
    }

    /// <summary>Of this thread, from now on. Giving up is always allowed.</summary>
    private static void Hold(uint permitted, uint effective, uint low = 0)
    {
        Libc.cap_user_header header = new() { version = Libc.LINUX_CAPABILITY_VERSION_3 };
        Libc.cap_user_data* sets = stackalloc Libc.cap_user_data[2];
        sets[0] = new Libc.cap_user_data { permitted = low, effective = low };
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
