using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// Which AF_UNIX connections are over although nobody said so: the kernel names those that are there now and then
/// (<c>RECORD_ALIVE</c>, <c>RECORD_SWEPT</c>), and one that was not named <see cref="MostMissed"/> times in a row is gone. One
/// time is not enough: a connection may come while the others are named, and a record may be lost.
/// </summary>
internal sealed class UnixSweep(ConnectionTable connections)
{
    public const uint MostMissed = 2;

    private readonly List<Connection> _gone = [];
    private uint _newest;

    public void Meet(Connection connection, uint netns)
    {
        connection.IsUnix = true;
        connection.Netns = netns;
        connection.AliveAt = _newest;
    }

    public void SawAlive(ulong serverEnd, uint sweep)
    {
        foreach (ulong end in (ReadOnlySpan<ulong>)[serverEnd, serverEnd | TurnRecord.UnixClient])
        {
            if (connections.Find(end) is { } connection)
            {
                connection.AliveAt = sweep;
            }
        }
    }

    /// <param name="netns">Network namespace in which all were named. What is elsewhere is forgotten when it was silent for long.</param>
    /// <param name="sweep">Its number.</param>
    /// <returns>Lent until the next call.</returns>
    public List<Connection> GoneAfter(uint sweep, uint netns)
    {
        _newest = sweep;
        _gone.Clear();
        foreach (Connection connection in connections.All)
        {
            if (connection.IsUnix && connection.Netns == netns && sweep - connection.AliveAt > MostMissed)
            {
                _gone.Add(connection);
            }
        }

        return _gone;
    }
}
