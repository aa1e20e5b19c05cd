using System.Diagnostics;

namespace Latmon.LiveTests.Machine;

/// <summary>
/// Nanoseconds of CLOCK_MONOTONIC, the clock of the kernel's own stamps, so that client, server and kernel are
/// comparable without any conversion.
/// </summary>
public static class Moment
{
    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <summary>CLOCK_REALTIME, for <c>start_unix_ns</c>.</summary>
    public static long UnixNow => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
