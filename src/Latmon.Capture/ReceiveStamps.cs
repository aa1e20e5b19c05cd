using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>
/// Makes the kernel stamp every received packet (skb->tstamp) for as long as this lives. It does so while any socket asks
/// for stamps; one that never receives anything is enough. About 16 ns a packet; not done where reading the clock is a trip
/// to a device, then the network layer is unavailable.
/// </summary>
internal sealed class ReceiveStamps : IDisposable
{
    private const string ClockSourcePath = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int TimestampNs = 35; // SO_TIMESTAMPNS

    private static readonly string[] CheapClocks =
        ["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page", "hyperv_clocksource_msr"];

    private readonly IdleSocket? _socket = IsClockCheap ? new IdleSocket(SocketLevel, TimestampNs) : null;

    public static bool IsClockCheap => CheapClocks.Contains(ClockSource);

    /// <summary>What the kernel reads the time from; empty when it does not say.</summary>
    public static string ClockSource
    {
        get
        {
            try
            {
                return File.ReadAllText(ClockSourcePath).Trim();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }

    public bool IsActive => _socket is { IsSet: true };

    public void Dispose() => _socket?.Dispose();
}
