using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// A stretch of a connection in which requests and responses overlap (pipelining). It begins with the turn that the kernel
/// handed over when it noticed, goes on with fragments, and ends with the next turn or the connection. Requests and
/// responses are paired first in, first out (RFC 9112, section 9.3.2); the moments of each come from marks by byte position.
/// </summary>
/// <remarks>
/// Fragments of a long request head come before their turn; they wait in here until the turn says what they are. A turn that
/// holds several requests but was not noticed by the kernel (their answers came in one write, or not yet all) is deferred
/// until something else comes on the connection, because it may still be handed over again.
/// </remarks>
internal sealed class StreamSession
{
    /// <summary>Requests without an answer, or answers without a request, beyond which their pairing has been lost.</summary>
    private const int MostUnpaired = 4096;

    /// <summary>Beyond this the middle goes: a request is looked for at the beginning of a burst and behind a body.</summary>
    private const int WaitingCapacity = 64;

    private readonly RequestStream _requests = new();
    private readonly ResponseStream _responses;
    private readonly StreamMarks _segments = new();
    private readonly StreamMarks _readable = new();
    private readonly StreamMarks _reads = new();
    private readonly StreamMarks _writes = new();
    private readonly StreamMarks _transmitted = new();
    private readonly StreamMarks _acknowledged = new();
    private readonly List<(FragmentRecord Fragment, byte[] Data)> _waiting = [];
    private byte[] _deferred = [];
    private int _deferredLength;
    private int _reported;
    private StreamPosition _in;
    private StreamPosition? _out;
    private long _outEnd;
    private Exchange _facts;
    private uint _ordinal;
    private uint _nextFragment;
    private bool _beforeAccept;
    private bool _lost;

    public StreamSession() => _responses = new ResponseStream(_requests);

    public bool IsActive { get; private set; }

    /// <summary>The turn that waits for what comes next; empty when there is none.</summary>
    public ReadOnlySpan<byte> Deferred => _deferred.AsSpan(0, _deferredLength);

    public void Clear()
    {
        IsActive = false;
        _deferredLength = 0;
        _waiting.Clear();
        _requests.Clear();
        _responses.Clear();
        foreach (StreamMarks marks in (ReadOnlySpan<StreamMarks>)[_segments, _readable, _reads, _writes, _transmitted, _acknowledged])
        {
            marks.Clear();
        }
    }

    /// <summary>Keeps a fragment whose turn has not come yet. What is not needed goes with <see cref="Clear"/>.</summary>
    public void Wait(in FragmentRecord fragment, ReadOnlySpan<byte> data)
    {
        if (_waiting.Count == WaitingCapacity)
        {
            _waiting.RemoveAt(WaitingCapacity / 2);
        }

        _waiting.Add((fragment, data.ToArray()));
    }

    /// <summary>Keeps a copy of a turn record in place of an earlier one of the same turn.</summary>
    public void Defer(ReadOnlySpan<byte> record)
    {
        if (_deferred.Length < record.Length)
        {
            _deferred = new byte[record.Length];
        }

        record.CopyTo(_deferred);
        _deferredLength = record.Length;
    }

    /// <summary>The turn with which the overlap began, or which holds more than one request.</summary>
    /// <param name="reported">How many of its exchanges were handed over before, because it looked finished.</param>
    /// <param name="bodyRest">How many bytes of the turn still belong to a request that was reported before.</param>
    public void Begin(ReadOnlySpan<byte> record, int reported, long bodyRest = 0)
    {
        ref readonly TurnRecord turn = ref RecordReader.Turn(record);
        IsActive = true;
        _deferredLength = 0;
        _reported = reported;
        _in = new StreamPosition(turn.InSeq);
        _out = null;
        _ordinal = 0;
        _lost = false;
        _beforeAccept = (turn.Flags & TurnNotes.BeforeAccept) != 0;
        _facts = default;
        ExchangeFacts.TakeConnection(turn, ref _facts);
        _facts.SrttUs = turn.SrttUs;
        _facts.ZeroWindowNs = Exchange.NotSeen;
        _facts.Tid = turn.ReadTid;
        _requests.StartAt(bodyRest);
        Append(record);
    }

    /// <summary>
    /// True when requests wait for answers that can still come: the next turn goes on with them. After a loss nothing is
    /// carried over, because a wrong pair is worse than none.
    /// </summary>
    public bool IsAnswerDue => IsActive && !_lost && _requests.Count > _responses.Count;

    public bool HasRequests => _requests.Count > 0;

    public bool HasReported => _ordinal > 0;

    /// <summary>Another turn of the same session, or the same turn handed over again.</summary>
    public void Append(ReadOnlySpan<byte> record)
    {
        ref readonly TurnRecord turn = ref RecordReader.Turn(record);
        long inStart = _in.Of(turn.InSeq);
        AddInMarks(turn, inStart);
        _requests.Append(inStart, RecordReader.RequestHead(record, turn));
        foreach ((FragmentRecord fragment, byte[] data) in _waiting)
        {
            _requests.Append(_in.Of(fragment.Seq), data);
        }

        _waiting.Clear();
        _nextFragment = turn.Fragments;
        if (turn.WriteNs > 0)
        {
            long outStart = OutPosition(turn.OutSeq);
            AddOutMarks(turn, outStart);
            _outEnd = outStart + turn.OutBytes;
            _responses.Append(outStart, turn.OutBytes, RecordReader.ResponseHead(record, turn));
        }
    }

    public void Add(in FragmentRecord fragment, ReadOnlySpan<byte> data)
    {
        if (fragment.TimeNs > 0)
        {
            _lost |= fragment.Number != _nextFragment;
            _nextFragment = fragment.Number + 1;
        }

        switch (fragment.Kind)
        {
            case RecordKind.Segment:
                AddSegment(fragment, data);
                break;
            case RecordKind.Ready:
                _readable.Add(_in.Of(fragment.Seq), fragment.TimeNs);
                break;
            case RecordKind.Read:
                _reads.Add(_in.Of(fragment.Seq), fragment.TimeNs, tid: fragment.Tid);
                break;
            case RecordKind.Write:
                long at = OutPosition(fragment.Seq);
                _outEnd = at + fragment.Len;
                _writes.Add(_outEnd, fragment.TimeNs, tid: fragment.Tid);
                _responses.Append(at, fragment.Len, data);
                break;
            case RecordKind.Tx:
                _transmitted.Add(OutPosition(fragment.Seq), fragment.TimeNs);
                break;
            case RecordKind.Ack:
                _acknowledged.Add(OutPosition(fragment.Seq), fragment.TimeNs);
                break;
        }
    }

    /// <summary>Hands over the exchanges that are acknowledged; at the end of the session all that there are.</summary>
    public void Drain(bool atEnd, ExchangeBatch batch, ref CorrelationTotals totals)
    {
        if (atEnd)
        {
            _responses.EndAt(_outEnd);
        }

        while (_requests.Count > 0 && _responses.Count > 0)
        {
            ResponseStream.Response response = _responses.Peek();
            if (response.End < 0 || (!atEnd && !_acknowledged.HasReached(response.End)))
            {
                return;
            }

            _ = _responses.Dequeue();
            Finish(_requests.Dequeue(), response, batch, ref totals);
        }

        while (atEnd && _requests.Count > 0)
        {
            Finish(_requests.Dequeue(), null, batch, ref totals);
        }
    }

    /// <summary>Gives up when either side piles up: what there is is handed over as it is, the rest waits for the next turn.</summary>
    public void DrainOrGiveUp(ExchangeBatch batch, ref CorrelationTotals totals)
    {
        Drain(atEnd: false, batch, ref totals);
        if (_requests.Count > MostUnpaired || _responses.Count > MostUnpaired)
        {
            _lost = true;
            Drain(atEnd: true, batch, ref totals);
            Clear();
        }
    }

    /// <summary>Bytes behind a hole belong to the next turn, whose head is in its record and fills the hole; unless events were lost.</summary>
    private void AddSegment(in FragmentRecord fragment, ReadOnlySpan<byte> data)
    {
        long start = _in.Of(fragment.Seq);
        _segments.Add(start + fragment.Len, fragment.TimeNs, fragment.NicNs);
        if (start > _requests.End && !_lost && !data.IsEmpty)
        {
            Wait(fragment, data);
        }
        else
        {
            _requests.Append(start, data);
        }
    }

    /// <summary>Counted from the first outbound byte that was seen.</summary>
    private long OutPosition(uint seq)
    {
        StreamPosition position = _out ?? new StreamPosition(seq);
        long at = position.Of(seq);
        _out = position;
        return at;
    }

    private void AddInMarks(in TurnRecord turn, long start)
    {
        _segments.Add(start + turn.InBytes, turn.TcpNs, turn.NicNs);
        _readable.Add(start + 1, turn.ReadyNs);
        _readable.Add(start + turn.InBytes, turn.ReadyLastNs);
        _reads.Add(_in.Of(turn.ReadSeq), turn.ReadLastNs, tid: turn.ReadTid);
    }

    private void AddOutMarks(in TurnRecord turn, long start)
    {
        bool severalWrites = turn.WriteLastNs > turn.WriteNs;
        _writes.Add(start + (severalWrites ? 1 : turn.OutBytes), turn.WriteNs, tid: turn.WriteTid);
        if (severalWrites)
        {
            _writes.Add(start + turn.OutBytes, turn.WriteLastNs, tid: turn.WriteTid);
        }

        _transmitted.Add(OutPosition(turn.TxSeq), turn.TxLastNs);
        _acknowledged.Add(start + turn.OutBytes, turn.AckNs);
    }

    private void Finish(
        RequestStream.Request request, ResponseStream.Response? response, ExchangeBatch batch, ref CorrelationTotals totals)
    {
        Exchange exchange = _facts;
        exchange.Protocol = ProtocolName.Http1;
        exchange.Ordinal = _ordinal++;
        exchange.Method = request.Method;
        exchange.TraceContext = request.TraceContext;
        exchange.Status = (short)(response?.Status ?? 0);
        exchange.RequestBytes = request.End - request.Start;
        exchange.ResponseBytes = response is null ? 0 : response.End - response.Start;
        exchange.OnCpuNs = exchange.RunnableNs = exchange.BlockedNs = Exchange.NotSeen;
        exchange.Notes = ExchangeNotes.Pipelined
            | (response is null ? ExchangeNotes.NoResponse : ExchangeNotes.None)
            | (request.AfterGap || _lost ? ExchangeNotes.EventsLost : ExchangeNotes.None);
        Moments moments = MomentsOf(request, response, ref exchange);
        LayerCutter.Cut(moments, ref exchange);
        if (exchange.Ordinal >= _reported)
        {
            totals.Exchanges++;
            totals.Incomplete += exchange.IsComplete ? 0 : 1;
            batch.Add(exchange, request.Path.Span);
        }

        Forget(request, response);
    }

    private Moments MomentsOf(RequestStream.Request request, ResponseStream.Response? response, ref Exchange exchange)
    {
        (long tcpNs, long nicNs, _) = _segments.Reached(request.Start + 1);
        long readyNs = _readable.Reached(request.Start + 1).Ns;
        long readyLastNs = _readable.Reached(request.End).Ns;
        (long readNs, _, int tid) = _reads.Reached(request.End);
        exchange.Tid = tid;
        Moments moments = new()
        {
            NicNs = nicNs,
            TcpNs = tcpNs > 0 ? tcpNs : readyNs,
            ReadyNs = readyNs,
            ReadyLastNs = readyLastNs,
            ReadLastNs = readNs,
            SeveralSegments = readyLastNs > readyNs,
            BeforeAccept = _beforeAccept && exchange.Ordinal == 0,
        };
        if (response is not null)
        {
            moments.WriteNs = _writes.Reached(response.Start + 1).Ns;
            moments.WriteLastNs = _writes.LastBeginningBefore(response.End);
            moments.TxLastNs = _transmitted.Reached(response.End).Ns;
            moments.AckNs = _acknowledged.Reached(response.End).Ns;
        }

        return moments;
    }

    private void Forget(RequestStream.Request request, ResponseStream.Response? response)
    {
        _segments.ForgetBefore(request.End);
        _readable.ForgetBefore(request.End);
        _reads.ForgetBefore(request.End);
        if (response is not null)
        {
            _writes.ForgetBefore(response.End);
            _transmitted.ForgetBefore(response.End);
            _acknowledged.ForgetBefore(response.End);
        }
    }
}
