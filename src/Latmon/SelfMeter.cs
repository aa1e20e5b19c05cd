using System.Diagnostics;
using Latmon.Tui;

namespace Latmon;

/// <summary>What this process itself costs, between one look and the next. One thread.</summary>
internal sealed class SelfMeter
{
    private readonly Process _process = Process.GetCurrentProcess();
    private TimeSpan _cpu = Process.GetCurrentProcess().TotalProcessorTime;
    private long _at = Stopwatch.GetTimestamp();

    public SelfUsage Read()
    {
        _process.Refresh();
        TimeSpan cpu = _process.TotalProcessorTime;
        long now = Stopwatch.GetTimestamp();
        double percent = 100 * (cpu - _cpu) / Stopwatch.GetElapsedTime(_at, now);
        _cpu = cpu;
        _at = now;
        return new SelfUsage(percent, _process.WorkingSet64);
    }
}
