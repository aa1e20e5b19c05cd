using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Traces;

/// <summary>
/// Identifies an exchange: connection, turn and position are unique on a host until it reboots, the start separates boots.
/// Mixed (the finaliser of splitmix64, a bijection) so that neighbours do not look alike.
/// </summary>
internal static class TraceId
{
    public static ulong Of(in Exchange exchange)
    {
        ulong id = Mix(exchange.Conn);
        id = Mix(id ^ (((ulong)exchange.Turn << 32) | exchange.Ordinal));
        return Mix(id ^ (ulong)exchange.StartNs);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
