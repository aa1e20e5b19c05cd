using System.Diagnostics;

namespace Latmon.LiveTests.Machine;

/// <summary>
/// How long a condition may take before the test fails. Nothing here makes a test wait longer than its condition
/// takes; the limits are generous because a deadline is not a measurement.
/// </summary>
public readonly struct Deadline
{
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(Emulation.IsOn ? 60 : 10);

    private readonly long _end;

    private Deadline(TimeSpan limit) => _end = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);

    public static Deadline In(TimeSpan limit) => new(limit);

    public TimeSpan Left
    {
        get
        {
            long ticks = _end - Stopwatch.GetTimestamp();
            return ticks <= 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(0, ticks);
        }
    }

    public bool Passed => Left == TimeSpan.Zero;
}
