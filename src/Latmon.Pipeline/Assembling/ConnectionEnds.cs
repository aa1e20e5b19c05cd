using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>
/// Held exchanges whose other end has not come, found by the sequence numbers of request and answer, which both ends share. Where
/// addresses are translated on the way the numbers must do with the times; else the addresses must mirror each other.
/// </summary>
internal sealed class ConnectionEnds
{
    /// <summary>Stamps of one byte at two ends may be taken in either order.</summary>
    private const long SlackNs = 1_000_000;

    private readonly Dictionary<ulong, HeldExchange> _waiting = [];

    public static bool HasNumbers(in Exchange exchange) => exchange.RequestSeq != 0 || exchange.ResponseSeq != 0;

    public void Add(HeldExchange exchange)
    {
        if (HasNumbers(exchange.Value))
        {
            _waiting[Key(exchange.Value, exchange.Value.Role)] = exchange;
            exchange.AwaitsOtherEnd = true;
        }
    }

    public void Remove(HeldExchange exchange)
    {
        exchange.AwaitsOtherEnd = false;
        ulong key = Key(exchange.Value, exchange.Value.Role);
        if (_waiting.TryGetValue(key, out HeldExchange? waiting) && waiting == exchange)
        {
            _ = _waiting.Remove(key);
        }
    }

    /// <summary>Takes out the held other end of an exchange that comes now.</summary>
    public HeldExchange? Take(in Exchange exchange)
    {
        Role other = exchange.Role == Role.Server ? Role.Client : Role.Server;
        if (_waiting.Count == 0 || !HasNumbers(exchange)
            || !_waiting.TryGetValue(Key(exchange, other), out HeldExchange? held) || !IsOtherEnd(held.Value, exchange))
        {
            return null;
        }

        Remove(held);
        return held;
    }

    private static bool IsOtherEnd(in Exchange a, in Exchange b)
    {
        if (a.LocalPort == b.RemotePort && a.RemotePort == b.LocalPort
            && Address.LocalOf(a) == Address.RemoteOf(b) && Address.RemoteOf(a) == Address.LocalOf(b))
        {
            return true;
        }

        bool aServes = a.Role == Role.Server;
        long servedFromNs = aServes ? a.StartNs : b.StartNs;
        long servedToNs = aServes ? a.EndNs : b.EndNs;
        return a.RequestSeq != 0 && a.ResponseSeq != 0
            && servedFromNs >= (aServes ? b.StartNs : a.StartNs) - SlackNs && servedToNs <= (aServes ? b.EndNs : a.EndNs) + SlackNs;
    }

    /// <summary>Numbers of a role's own kind: an end never finds another one of its kind.</summary>
    private static ulong Key(in Exchange exchange, Role role)
    {
        ulong numbers = ((ulong)exchange.RequestSeq << 32) | exchange.ResponseSeq;
        return role == Role.Server ? numbers : ~numbers;
    }
}
