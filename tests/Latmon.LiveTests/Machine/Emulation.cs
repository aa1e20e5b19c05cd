namespace Latmon.LiveTests.Machine;

/// <summary>
/// The tests run in an emulated machine, ten to sixteen times slower than the one that emulates it: what lies between a hook and the
/// return of the call around it takes milliseconds there, which is nobody's error.
/// </summary>
public static class Emulation
{
    private const int Allowance = 5;

    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("LATMON_GUEST") is not null;

    /// <summary>How inexact a time may be that is to be within <paramref name="errorNs"/> on a real machine.</summary>
    public static long Allow(long errorNs) => IsOn ? errorNs * Allowance : errorNs;
}
