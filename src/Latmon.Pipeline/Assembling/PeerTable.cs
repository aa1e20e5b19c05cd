using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>
/// Which other ends are on this host and worth waiting for. An end is expected where the peer's address is this host's, and where
/// it came before; after <see cref="MostMissed"/> that did not come in a row it is not waited for until one comes.
/// </summary>
internal sealed class PeerTable
{
    public const int MostMissed = 32;
    private const int Capacity = 16384;
    private const int MostAddresses = 1024;

    private readonly Dictionary<(Address Server, Address Client, uint Port), int> _missed = [];
    private readonly HashSet<Address> _ownAddresses = [];

    public bool MayCome(in Exchange exchange)
    {
        if (!HasAddress(exchange))
        {
            return false;
        }

        Address local = Address.LocalOf(exchange);
        Address remote = Address.RemoteOf(exchange);
        if (_missed.Count == 0)
        {
            return IsOwn(local, remote);
        }

        return _missed.TryGetValue(Key(exchange, local, remote), out int missed) ? missed < MostMissed : IsOwn(local, remote);
    }

    /// <summary>Calls from there are seen: the servers that they go to may wait for them again.</summary>
    public void SawClient(in Exchange client)
    {
        Address local = Address.LocalOf(client);
        if (_ownAddresses.Count < MostAddresses)
        {
            _ = _ownAddresses.Add(local);
        }

        Address remote = Address.RemoteOf(client);
        (Address, Address, uint) key = (remote, local, client.RemotePort);
        if (_missed.ContainsKey(key))
        {
            _missed[key] = 0;
        }
    }

    public void Joined(in Exchange exchange) => Set(exchange, 0);

    public void Missed(in Exchange exchange)
    {
        _ = _missed.TryGetValue(Key(exchange, Address.LocalOf(exchange), Address.RemoteOf(exchange)), out int missed);
        Set(exchange, Math.Min(missed + 1, MostMissed));
    }

    private static bool HasAddress(in Exchange exchange) => exchange.LocalPort != 0 || exchange.RemotePort != 0;

    private bool IsOwn(in Address local, in Address remote) => remote.IsLoopback || local == remote || _ownAddresses.Contains(remote);

    private void Set(in Exchange exchange, int missed)
    {
        if (!HasAddress(exchange))
        {
            return;
        }

        if (_missed.Count >= Capacity)
        {
            _missed.Clear();
        }

        _missed[Key(exchange, Address.LocalOf(exchange), Address.RemoteOf(exchange))] = missed;
    }

    /// <summary>Both directions of waiting have their own count: the port of one carries a mark.</summary>
    private static (Address, Address, uint) Key(in Exchange exchange, in Address local, in Address remote) =>
        exchange.Role == Role.Server
            ? (local, remote, exchange.LocalPort)
            : (remote, local, exchange.RemotePort | 0x10000u);
}
