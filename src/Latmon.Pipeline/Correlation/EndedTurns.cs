using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// The last turns of connections that ended lately. The consumer asks the programs for what waits while they may be handing over the
/// same turn on another processor, and nothing in a program of the oldest kernels can decide who was first: then it comes twice, the
/// second time perhaps behind the end of its connection.
/// </summary>
internal sealed class EndedTurns
{
    private const int Kept = 256;

    private readonly (ulong Conn, uint Number, uint Bytes)[] _turns = new (ulong, uint, uint)[Kept];
    private int _next;

    /// <summary>Where a turn's bytes begin in both streams: another connection of the same number would hardly begin there.</summary>
    public static uint Place(in TurnRecord turn) => turn.InSeq ^ turn.OutSeq;

    public void Add(Connection connection)
    {
        _turns[_next] = (connection.Id, connection.LastTurn, connection.LastPlace);
        _next = (_next + 1) % Kept;
    }

    public bool Contains(in TurnRecord turn) => Array.IndexOf(_turns, (turn.Conn, turn.Number, Place(turn))) >= 0;
}
