using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// The followed connections, at most <see cref="Capacity"/>. A connection that ends is removed at once; those whose end was
/// lost are removed after <see cref="IdleNs"/>, and when the table is full the longest silent ones are, a sixteenth at a
/// time. An evicted connection that speaks again starts anew: a turn record needs nothing from before.
/// </summary>
internal sealed class ConnectionTable
{
    public const int Capacity = 65536;
    public const long IdleNs = 600_000_000_000;
    private const int PoolCapacity = 1024;

    private readonly StatementBudget _statements = new();
    private readonly Dictionary<ulong, Connection> _connections = [];
    private readonly Stack<Connection> _pool = [];
    private readonly List<Connection> _silent = [];

    public int Count => _connections.Count;

    public Dictionary<ulong, Connection>.ValueCollection All => _connections.Values;

    public Connection? Find(ulong id) => _connections.GetValueOrDefault(id);

    public Connection GetOrAdd(ulong id, ref CorrelationTotals totals)
    {
        if (_connections.TryGetValue(id, out Connection? connection))
        {
            return connection;
        }

        if (_connections.Count >= Capacity)
        {
            EvictLongestSilent(ref totals);
        }

        connection = _pool.TryPop(out Connection? pooled) ? pooled : new Connection(_statements);
        connection.Reset(id);
        _connections.Add(id, connection);
        return connection;
    }

    public void Remove(Connection connection)
    {
        _ = _connections.Remove(connection.Id);
        connection.Forget();
        if (_pool.Count < PoolCapacity)
        {
            _pool.Push(connection);
        }
    }

    public void EvictIdle(long nowNs, ref CorrelationTotals totals)
    {
        _silent.Clear();
        foreach (Connection connection in _connections.Values)
        {
            if (nowNs - connection.LastSeenNs > IdleNs)
            {
                _silent.Add(connection);
            }
        }

        Evict(_silent.Count, ref totals);
    }

    private void EvictLongestSilent(ref CorrelationTotals totals)
    {
        _silent.Clear();
        _silent.AddRange(_connections.Values);
        _silent.Sort(static (a, b) => a.LastSeenNs.CompareTo(b.LastSeenNs));
        Evict(Capacity / 16, ref totals);
    }

    private void Evict(int count, ref CorrelationTotals totals)
    {
        for (int i = 0; i < count; i++)
        {
            totals.Evicted += _silent[i].HasOpen ? 1 : 0;
            Remove(_silent[i]);
        }

        _silent.Clear();
    }
}
