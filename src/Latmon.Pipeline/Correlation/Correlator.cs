using System.Reactive.Linq;
using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// Records of the kernel become exchanges. All state of all connections lives in here and is touched by one thread; in
/// steady state no record allocates.
/// </summary>
/// <remarks>
/// When is an exchange finished? When its own framing says so (HTTP: length, last chunk), else when the next request on the
/// connection begins, else when the connection ends. A protocol that does not tell (plain TCP) is also finished by
/// <see cref="QuietNs"/> of silence, and says so: waiting for ever would hide the last request of every connection.
/// </remarks>
public sealed class Correlator
{
    /// <summary>Silence after which a plain TCP exchange is taken to be over.</summary>
    public const long QuietNs = 1_000_000_000;

    private const long SweepEveryNs = 250_000_000;

    private readonly ConnectionTable _connections = new();
    private readonly ExchangeBatch _batch = new();
    private readonly UnixSweep _unix;
    private readonly EndedTurns _ended = new();
    private readonly SpanTexts _spans;
    private CorrelationTotals _totals;
    private long _nextSweepNs;
    private long _lost;
    private long _lostParts;
    private long _unseen;

    /// <param name="names">Of the spans' probes.</param>
    public Correlator(SpanNames? names = null)
    {
        _spans = new SpanTexts(names ?? SpanNames.None);
        _unix = new UnixSweep(_connections);
    }

    /// <summary>The batch that comes back is lent until the next call.</summary>
    public ExchangeBatch Correlate(RecordBatch records)
    {
        _batch.Begin(records.TakenNs, records.RealMinusMonotonicNs);
        _lost = records.Lost;
        _lostParts = records.LostParts;
        _unseen = records.Unseen;
        RecordReader reader = new(records.Bytes);
        while (reader.TryRead(out RecordKind kind, out ReadOnlySpan<byte> record))
        {
            _totals.Records++;
            if (kind == RecordKind.Turn)
            {
                OnTurn(RecordReader.Turn(record), record, records.TakenNs);
            }
            else if (kind == RecordKind.Span)
            {
                _spans.Add(RecordReader.Span(record), record, _batch);
            }
            else if (kind >= RecordKind.Path)
            {
                OnUnix(RecordReader.Fragment(record), record);
            }
            else
            {
                OnFragment(RecordReader.Fragment(record), record, records.TakenNs);
            }
        }

        _totals.Malformed += reader.Malformed;
        Sweep(records.TakenNs);
        _batch.End(Counters());
        return _batch;
    }

    /// <summary>Everything that is still open is handed over as it is: the source has ended.</summary>
    public ExchangeBatch Flush()
    {
        _batch.Begin(_batch.TakenNs, _batch.RealMinusMonotonicNs);
        foreach (Connection connection in _connections.All)
        {
            EndSession(connection, 0, connectionEnds: true);
            if (connection.HasOpen && connection.OpenMoments.HasAnswer)
            {
                connection.Finish(_batch, ExchangeNotes.EndInferred, ref _totals);
            }
        }

        _batch.End(Counters());
        return _batch;
    }

    private CorrelationCounters Counters() => new(
        _totals.Records, _lost, _unseen, _totals.Malformed, _totals.Exchanges, _totals.Incomplete, _totals.Evicted,
        _connections.Count)
    {
        LostParts = _lostParts,
    };

    private void OnTurn(in TurnRecord turn, ReadOnlySpan<byte> record, long nowNs)
    {
        Connection? connection = _connections.Find(turn.Conn);
        if (connection is null && _ended.Contains(turn))
        {
            return;
        }

        connection ??= _connections.GetOrAdd(turn.Conn, ref _totals);
        connection.LastSeenNs = nowNs;
        if (turn.IsUnix && !connection.IsUnix)
        {
            _unix.Meet(connection, turn.Netns);
        }

        EndSession(connection, turn.Number, connectionEnds: false);
        connection.Look(turn, RecordReader.RequestHead(record, turn), RecordReader.ResponseHead(record, turn));
        bool reported = turn.Number == connection.LastTurn && !connection.HasOpen;
        if (connection.IsHandshake)
        {
            FinishOpen(connection, ExchangeNotes.None);
        }
        else if (!connection.IsOpaque)
        {
            TakeTurn(connection, turn, record, reported);
        }

        connection.Saw(turn);
        if ((turn.Flags & TurnNotes.Closed) != 0)
        {
            EndSession(connection, 0, connectionEnds: true);
            Forget(connection);
        }
    }

    private void TakeTurn(Connection connection, in TurnRecord turn, ReadOnlySpan<byte> record, bool reported)
    {
        if (connection.Stream is { IsActive: true } session)
        {
            session.Append(record);
            session.Drain(atEnd: false, _batch, ref _totals);
            return;
        }

        if (reported && (turn.Flags & TurnNotes.Stream) == 0 && (connection.Stream?.Deferred.IsEmpty ?? true))
        {
            return;
        }

        connection.TakeLate(turn);
        if (connection.Continues(turn))
        {
            if (!turn.IsClient && connection.IsAnswered && turn.RequestBytes > connection.BodyRest)
            {
                TakeBehindBody(connection, record);
                return;
            }

            connection.Continue();
        }
        else if (!connection.HasOpen || turn.Number != connection.Open.Turn)
        {
            FinishOpen(connection, LostBetween(connection, turn));
            if (!turn.IsClient && connection.HoldsSeveral(turn))
            {
                TakeSeveral(connection, turn, record, reported);
                return;
            }

            connection.Begin();
        }
        else if (!turn.IsClient && (turn.Flags & TurnNotes.Stream) != 0 && connection.Protocol == ProtocolName.Http1)
        {
            connection.Drop();
            TakeSeveral(connection, turn, record, reported: false);
            return;
        }

        FillOpen(connection, record, RecordReader.RequestHead(record, turn), RecordReader.ResponseHead(record, turn));
    }

    private void FillOpen(
        Connection connection, ReadOnlySpan<byte> record, ReadOnlySpan<byte> request, ReadOnlySpan<byte> response)
    {
        ref readonly TurnRecord turn = ref RecordReader.Turn(record);
        connection.Fill(turn, request, response);
        connection.Stream?.Clear();
        if (connection.IsFinished(turn, response))
        {
            connection.Finish(_batch, ExchangeNotes.None, ref _totals);
        }
    }

    /// <summary>
    /// The rest of a body whose request was answered early, and another request behind it, whose head may or may not have been
    /// captured.
    /// </summary>
    private void TakeBehindBody(Connection connection, ReadOnlySpan<byte> record)
    {
        long bodyRest = connection.BodyRest;
        connection.Open.RequestBytes += bodyRest;
        FinishOpen(connection, ExchangeNotes.None);
        ref readonly TurnRecord turn = ref RecordReader.Turn(record);
        if (turn.IsPlain)
        {
            // Of what lies behind the body nothing was kept.
            connection.Begin();
            FillOpen(connection, record, request: [], RecordReader.ResponseHead(record, turn));
            return;
        }

        StreamSession session = connection.Stream ??= new StreamSession();
        session.Begin(record, reported: 0, bodyRest);
        session.Drain(atEnd: false, _batch, ref _totals);
        if (!session.HasRequests && !session.HasReported)
        {
            connection.Begin();
            FillOpen(connection, record, request: [], RecordReader.ResponseHead(record, turn));
        }
    }

    private void TakeSeveral(Connection connection, in TurnRecord turn, ReadOnlySpan<byte> record, bool reported)
    {
        connection.Stream ??= new StreamSession();
        if ((turn.Flags & TurnNotes.Stream) == 0)
        {
            connection.Stream.Defer(record);
            return;
        }

        connection.Stream.Begin(record, reported && connection.Stream.Deferred.IsEmpty ? 1 : 0);
        connection.Stream.Drain(atEnd: false, _batch, ref _totals);
    }

    private void OnFragment(in FragmentRecord fragment, ReadOnlySpan<byte> record, long nowNs)
    {
        if (fragment.Kind == RecordKind.Close)
        {
            OnClose(fragment.Conn);
            return;
        }

        Connection connection = _connections.GetOrAdd(fragment.Conn, ref _totals);
        connection.LastSeenNs = nowNs;
        connection.Stream ??= new StreamSession();
        if (connection.Stream.IsActive)
        {
            connection.Stream.Add(fragment, RecordReader.Payload(record, fragment));
            connection.Stream.DrainOrGiveUp(_batch, ref _totals);
        }
        else if (fragment.Kind == RecordKind.Segment && !connection.IsOpaque)
        {
            EndSession(connection, 0, connectionEnds: false);
            TakeEarly(connection.Stream, fragment, RecordReader.Payload(record, fragment));
        }
    }

    /// <summary>Bytes of a turn whose record comes later; or more of a session that the deferred turn turned out to be.</summary>
    private static void TakeEarly(StreamSession session, in FragmentRecord fragment, ReadOnlySpan<byte> payload)
    {
        if (session.IsActive)
        {
            session.Add(fragment, payload);
        }
        else
        {
            session.Wait(fragment, payload);
        }
    }

    private void OnClose(ulong id)
    {
        if (_connections.Find(id) is { } connection)
        {
            End(connection);
        }
    }

    private void End(Connection connection)
    {
        EndSession(connection, 0, connectionEnds: true);
        FinishOpen(connection, ExchangeNotes.None);
        Forget(connection);
    }

    private void Forget(Connection connection)
    {
        _ended.Add(connection);
        _connections.Remove(connection);
    }

    private void OnUnix(in FragmentRecord fragment, ReadOnlySpan<byte> record)
    {
        if (fragment.Kind == RecordKind.Path)
        {
            SocketNames.Add(fragment.Conn, RecordReader.Payload(record, fragment));
        }
        else if (fragment.Kind == RecordKind.Alive)
        {
            _unix.SawAlive(fragment.Conn, fragment.Number);
        }
        else
        {
            foreach (Connection gone in _unix.GoneAfter(fragment.Number, fragment.Seq))
            {
                End(gone);
            }
        }
    }

    /// <summary>
    /// Something else than the turn <paramref name="number"/> comes: what waited for more of it is complete, unless requests
    /// still wait for their answers on a connection that goes on. The newest turn handed over again is part of its session.
    /// </summary>
    private void EndSession(Connection connection, uint number, bool connectionEnds)
    {
        if (connection.Stream is not { } session)
        {
            return;
        }

        if (!session.Deferred.IsEmpty && RecordReader.Turn(session.Deferred).Number != number)
        {
            session.Begin(session.Deferred, reported: 0);
        }

        bool isLonger = number == connection.LastTurn || session.IsAnswerDue;
        if (session.IsActive && (connectionEnds || !isLonger))
        {
            session.Drain(atEnd: true, _batch, ref _totals);
            session.Clear();
        }
    }

    private void FinishOpen(Connection connection, ExchangeNotes extra)
    {
        if (connection.HasOpen)
        {
            connection.Finish(_batch, extra, ref _totals);
        }
    }

    /// <summary>A turn is missing, and the last record of the exchange that is still open may be missing with it.</summary>
    private static ExchangeNotes LostBetween(Connection connection, in TurnRecord turn) =>
        turn.Number != connection.LastTurn + 1 && connection.Protocol is ProtocolName.Http1 or ProtocolName.PostgreSql
            ? ExchangeNotes.EventsLost
            : ExchangeNotes.None;

    private void Sweep(long nowNs)
    {
        if (nowNs < _nextSweepNs)
        {
            return;
        }

        _nextSweepNs = nowNs + SweepEveryNs;
        foreach (Connection connection in _connections.All)
        {
            if (nowNs - connection.LastSeenNs <= QuietNs)
            {
                continue;
            }

            if (connection.EndsInSilence)
            {
                connection.Finish(_batch, ExchangeNotes.EndInferred, ref _totals);
            }
        }

        _connections.EvictIdle(nowNs, ref _totals);
    }
}

public static class CorrelatorExtensions
{
    /// <summary>Exchange batches of record batches, on the caller's thread; each is lent for the time of its <c>OnNext</c>.</summary>
    public static IObservable<ExchangeBatch> Correlate(this IObservable<RecordBatch> records, SpanNames? names = null) =>
        Observable.Defer(() =>
        {
            Correlator correlator = new(names ?? SpanNames.None);
            return records.Select(correlator.Correlate).Concat(Observable.Defer(() => Observable.Return(correlator.Flush())));
        });
}
