using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>
/// Makes the kernel stamp every received packet (skb->tstamp) for as long as this lives. It does so while any socket asks
/// for stamps; one that never receives anything is enough. About 16 ns a packet; not done where reading the clock is a trip
/// to a device, then the network layer is unavailable.
/// </summary>
internal sealed class ReceiveStamps : IDisposable
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int TimestampNs = 35; // SO_TIMESTAMPNS

    private readonly IdleSocket? _socket = KernelClock.IsCheap ? new IdleSocket(SocketLevel, TimestampNs) : null;

    public bool IsActive => _socket is { IsSet: true };

    public void Dispose() => _socket?.Dispose();
}
