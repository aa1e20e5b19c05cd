using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>
/// The kernel's own count of how often and how long BPF programs run. It reads a clock twice in every run of every program of the
/// machine while the count is on, so it is on for moments only. Closing it, also by the end of the process, turns it off.
/// </summary>
public sealed class RunTimeStatistics : IDisposable
{
    private const int RunTime = 0; // BPF_STATS_RUN_TIME

    private int _fd;

    private RunTimeStatistics(int fd) => _fd = fd;

    /// <summary>Needs CAP_SYS_ADMIN on the calling thread, and Linux 5.8.</summary>
    /// <exception cref="BpfException">Not permitted, or not there.</exception>
    public static RunTimeStatistics TurnOn()
    {
        int fd = Libbpf.bpf_enable_stats(RunTime);
        BpfException.ThrowIfNegative(fd, "counting the run time of programs");
        return new RunTimeStatistics(fd);
    }

    /// <summary>Any thread; no privileges.</summary>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = Libc.close(fd);
        }
    }
}

/// <summary>Of all programs of an object that hang on hooks together, since they were loaded.</summary>
/// <param name="Count">As far as the count was on, like <paramref name="TotalNs"/>.</param>
/// <param name="Skipped">
/// How often the kernel left a program out, because its hook was passed again while it was at work on that processor
/// (bpf_prog_inc_misses_counter, since 5.12). Always counted.
/// </param>
public readonly record struct ProgramRuns(long Count, long TotalNs, long Skipped);
