using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>
/// Which other ends are on this host and worth waiting for. An end is expected where the peer's address is this host's, as over AF_UNIX always, and where
/// it came before; after <see cref="MostMissed"/> that did not come in a row it is not waited for until one comes. Who asks at a
/// port that the filter names is outside the filter, so that a request there waits only for a client that was seen to call it.
/// </summary>
internal sealed class PeerTable
{
    public const int MostMissed = 32;
    private const int Capacity = 16384;
    private const int MostAddresses = 1024;

    private readonly Dictionary<(Address Server, Address Client, uint Port), int> _missed = [];
    private readonly HashSet<Address> _ownAddresses = [];
    private Address _lastServer;
    private volatile int[] _entryPorts = [];

    /// <summary>The ports that the filter names, from now on. Any thread.</summary>
    public void Enter(IEnumerable<int> ports) => _entryPorts = [.. ports];

    public bool MayCome(in Exchange exchange)
    {
        if (!HasAddress(exchange))
        {
            return false;
        }

        Address local = Address.LocalPlaceOf(exchange);
        Address remote = Address.RemotePlaceOf(exchange);
        if (_missed.Count == 0)
        {
            return IsExpected(exchange, local, remote);
        }

        return _missed.TryGetValue(Key(exchange, local, remote), out int missed) ? missed < MostMissed : IsExpected(exchange, local, remote);
    }

    /// <summary>Calls from there are seen: the servers that they go to may wait for them again.</summary>
    public void SawClient(in Exchange client)
    {
        Address local = Address.LocalPlaceOf(client);
        AddOwn(local);
        Set((Address.RemotePlaceOf(client), local, client.RemotePort), 0);
    }

    /// <summary>Its address is this host's, in whichever network namespace: who calls it from another one may wait for it.</summary>
    public void SawServer(in Exchange server)
    {
        Address local = Address.LocalPlaceOf(server);
        if (local != _lastServer)
        {
            _lastServer = local;
            AddOwn(local);
        }
    }

    public void Joined(in Exchange exchange) => Set(exchange, 0);

    public void Missed(in Exchange exchange)
    {
        _ = _missed.TryGetValue(Key(exchange, Address.LocalPlaceOf(exchange), Address.RemotePlaceOf(exchange)), out int missed);
        Set(exchange, Math.Min(missed + 1, MostMissed));
    }

    private void AddOwn(in Address address)
    {
        if (_ownAddresses.Count < MostAddresses)
        {
            _ = _ownAddresses.Add(address);
        }
    }

    private static bool HasAddress(in Exchange exchange) =>
        exchange.IsUnix || exchange.LocalPort != 0 || exchange.RemotePort != 0;

    private bool IsOwn(in Address local, in Address remote) => remote.IsLoopback || local == remote || _ownAddresses.Contains(remote);

    private bool IsExpected(in Exchange exchange, in Address local, in Address remote) =>
        IsOwn(local, remote) && (exchange.Role == Role.Client || Array.IndexOf(_entryPorts, exchange.LocalPort) < 0);

    private void Set(in Exchange exchange, int missed)
    {
        if (HasAddress(exchange))
        {
            Set(Key(exchange, Address.LocalPlaceOf(exchange), Address.RemotePlaceOf(exchange)), missed);
        }
    }

    private void Set(in (Address Server, Address Client, uint Port) key, int missed)
    {
        if (_missed.Count >= Capacity)
        {
            _missed.Clear();
        }

        _missed[key] = missed;
    }

    /// <summary>Both directions of waiting have their own count: the port of one carries a mark.</summary>
    private static (Address, Address, uint) Key(in Exchange exchange, in Address local, in Address remote) =>
        exchange.Role == Role.Server
            ? (local, remote, exchange.LocalPort)
            : (remote, local, exchange.RemotePort | 0x10000u);
}
