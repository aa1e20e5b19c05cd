using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// What is known of one connection now: its protocol and the exchange that is not finished. Reused from a pool.
/// </summary>
/// <remarks>
/// A turn is an exchange, with two exceptions that HTTP makes: an answer can come in several turns (100 Continue, an answer
/// that begins before the body is complete), then later turns are appended to the open exchange; and one turn can hold
/// several requests (pipelining), which is the business of <see cref="StreamSession"/>.
/// </remarks>
internal sealed class Connection(StatementBudget statements)
{
    public Exchange Open;
    public Moments OpenMoments;
    public PathBuffer OpenPath;

    /// <summary>What the turns before the current one contributed to the open exchange; none for most.</summary>
    private Exchange _earlier;
    private Moments _earlierMoments;
    private bool _hasEarlier;
    private HttpBody _requestBody;
    private HttpBody _responseBody;
    private bool _answerBegan;
    private bool _answerComplete;

    /// <summary>The head that the current turn begins with. Parsed once a turn: it is a fifth of what a turn costs.</summary>
    private HttpRequestHead _head;
    private bool _hasHead;

    /// <summary>Null until the connection turns out to be PostgreSQL's.</summary>
    private PostgresSession? _postgres;
    private bool _postgresContinues;

    public ulong Id { get; private set; }

    public ProtocolName Protocol { get; private set; }

    public bool HasOpen { get; private set; }

    /// <summary>Newest turn seen, 0 before the first.</summary>
    public uint LastTurn { get; private set; }

    /// <summary>See <see cref="EndedTurns.Place"/>.</summary>
    public uint LastPlace { get; private set; }

    /// <summary>CLOCK_MONOTONIC of the newest record.</summary>
    public long LastSeenNs { get; set; }

    /// <summary>AF_UNIX.</summary>
    public bool IsUnix { get; set; }

    /// <summary>Of AF_UNIX: inode number of its network namespace.</summary>
    public uint Netns { get; set; }

    /// <summary>Of AF_UNIX: the newest sweep that found it alive.</summary>
    public uint AliveAt { get; set; }

    /// <summary>An upgraded connection: what comes now is no longer requests.</summary>
    public bool IsOpaque { get; private set; }

    /// <summary>Pipelining in progress, or the rest of a long request head; null on most connections.</summary>
    public StreamSession? Stream { get; set; }

    /// <summary>The current turn is of TLS itself, or ends what it protects: no request of an application.</summary>
    public bool IsHandshake { get; private set; }

    /// <summary>The bytes on the wire are TLS, whatever is known of what they hold.</summary>
    private bool _isTls;
    private bool _awaitsFinished;

    /// <summary>The server answered before it had the whole request; what still comes of it is no new request.</summary>
    private bool IsBodyMissing => Open.RequestBytes < _requestBody.MessageLength;

    /// <summary>Bytes of the open request that have not come yet.</summary>
    public long BodyRest => Math.Max(0, _requestBody.MessageLength - Open.RequestBytes);

    /// <summary>The open request has its whole answer, although its body is not complete.</summary>
    public bool IsAnswered => _answerComplete;

    /// <summary>The protocol says that more is coming, so that silence does not mean the end.</summary>
    public bool IsAnswerDue => Protocol == ProtocolName.PostgreSql && _postgres!.IsAnswerDue;

    public void Saw(in TurnRecord turn)
    {
        LastTurn = turn.Number;
        LastPlace = EndedTurns.Place(turn);
    }

    public void Reset(ulong id)
    {
        Id = id;
        Protocol = ProtocolName.Unknown;
        HasOpen = false;
        IsOpaque = false;
        LastTurn = LastPlace = 0;
        IsUnix = false;
        OpenPath.Clear();
        Stream?.Clear();
        _isTls = _awaitsFinished = false;
        _hasEarlier = false;
        _postgres?.Reset();
    }

    /// <summary>The connection is over: gives back what it remembered.</summary>
    public void Forget() => _postgres?.Reset();

    /// <summary>
    /// A turn comes. Decides the protocol by the first bytes of either direction; an undecided connection is tried again.
    /// </summary>
    public void Look(in TurnRecord turn, ReadOnlySpan<byte> request, ReadOnlySpan<byte> response)
    {
        bool isSealed = !turn.IsPlain && (_isTls || TlsRecords.Begin(request));
        IsHandshake = isSealed && (TlsRecords.AreHandshake(request, turn.RequestBytes, ref _awaitsFinished)
            || TlsRecords.IsAlert(response, turn.ResponseBytes));
        _isTls |= isSealed || turn.IsPlain;
        if (IsHandshake || IsOpaque)
        {
            return;
        }

        if (isSealed)
        {
            Seal();
            return;
        }

        if (Protocol == ProtocolName.Http2)
        {
            return;
        }

        if (Protocol == ProtocolName.PostgreSql && !_postgres!.IsEncrypted)
        {
            _postgresContinues = _postgres.Continues(request);
            return;
        }

        _hasHead = HttpRequestHead.TryParse(request, out _head);
        if (Protocol == ProtocolName.Http1)
        {
            return;
        }

        Protocol = request.StartsWith("PRI * HTTP/2"u8) ? ProtocolName.Http2
            : _hasHead || HttpResponseHead.TryParse(response, out _) ? ProtocolName.Http1
            : PostgresRecognition.Recognizes(request, response) ? ProtocolName.PostgreSql
            : _isTls ? ProtocolName.Tls
            : IsUnix ? ProtocolName.Unix
            : ProtocolName.Tcp;
        if (Protocol == ProtocolName.PostgreSql)
        {
            _postgres ??= new PostgresSession(statements);
            _postgresContinues = false;
        }
    }

    /// <summary>A turn of which nothing was decrypted: what it did to a database's session is not known.</summary>
    private void Seal()
    {
        Protocol = ProtocolName.Tls;
        _hasHead = false;
        _postgres?.Lose();
    }

    /// <summary>True when this turn is no new request but more of the open one.</summary>
    public bool Continues(in TurnRecord turn)
    {
        if (!HasOpen || turn.Number != Open.Turn + 1)
        {
            return false;
        }

        if (Protocol != ProtocolName.Http1)
        {
            return Protocol == ProtocolName.PostgreSql && _postgresContinues;
        }

        if (_requestBody.MessageLength >= 0)
        {
            // A client that was refused before it sent the body may leave it out and go on with another request.
            return IsBodyMissing && !(_answerComplete && _hasHead);
        }

        return (_requestBody.Framing == HttpFraming.Chunked || _requestBody.HeadLength < 0) && !_hasHead;
    }

    /// <summary>More than one request in the turn: the kernel saw the overlap, or the burst is longer than its first request.</summary>
    public bool HoldsSeveral(in TurnRecord turn)
    {
        if (Protocol != ProtocolName.Http1 || (turn.Flags & TurnNotes.Stream) != 0)
        {
            return Protocol == ProtocolName.Http1;
        }

        return _hasHead && !_isTls && _head.Body.MessageLength >= 0 && turn.RequestBytes > _head.Body.MessageLength
            && _head.Method != HttpMethodName.Connect;
    }

    /// <summary>
    /// A client's turn holds bytes of more than one exchange, which are not told apart: the numbers are of all of them, and the
    /// exchange says so.
    /// </summary>
    private bool IsMixed(in TurnRecord turn) => turn.IsClient && ((turn.Flags & TurnNotes.Overlap) != 0 || HoldsSeveral(turn));

    /// <summary>Nothing says where the open answer ends, so that silence must.</summary>
    public bool EndsInSilence => HasOpen && OpenMoments.HasAnswer && !IsAnswerDue
        && (Protocol != ProtocolName.Http1
            || (Open.Role == Role.Client && _responseBody.Framing is HttpFraming.Unknown or HttpFraming.Length && _responseBody.MessageLength < 0));

    /// <summary>The turn begins a new exchange.</summary>
    public void Begin()
    {
        HasOpen = true;
        OpenPath.Clear();
        _hasEarlier = false;
        _answerBegan = false;
        _answerComplete = false;
        _requestBody = HttpBody.Unknown;
        _postgres?.Begin();
    }

    /// <summary>The turn goes on with the open exchange: what was known so far becomes its earlier part.</summary>
    public void Continue()
    {
        _earlier = Open;
        _earlierMoments = OpenMoments;
        _hasEarlier = true;
        _answerBegan = Open.Status > 0 && !IsInterim(Open.Status);
        _postgres?.Continue();
    }

    /// <summary>Forgets the open exchange: a stream session reports it instead.</summary>
    public void Drop() => HasOpen = false;

    /// <summary>Takes over everything the record says of its turn; a later record of the same turn replaces it.</summary>
    public void Fill(in TurnRecord turn, ReadOnlySpan<byte> request, ReadOnlySpan<byte> response)
    {
        OpenMoments = _hasEarlier ? _earlierMoments : Moments.Of(turn);
        Open = default;
        ExchangeFacts.Take(turn, ref Open);
        Open.Protocol = Protocol;
        Open.Notes |= IsMixed(turn) ? ExchangeNotes.Pipelined : ExchangeNotes.None;
        Open.IsTls = _isTls;
        if (_hasEarlier)
        {
            Merge(turn);
        }
        else if (Protocol == ProtocolName.Http1)
        {
            TakeRequest(request);
        }

        if (Protocol == ProtocolName.Http1 && !_answerBegan)
        {
            TakeResponse(turn, response);
        }

        if (Protocol == ProtocolName.PostgreSql)
        {
            TakePostgres(_postgres!, turn, request, response);
        }
    }

    /// <summary>True when nothing more belongs to the open exchange, as far as its protocol tells.</summary>
    public bool IsFinished(in TurnRecord turn, ReadOnlySpan<byte> response)
    {
        if ((turn.Flags & TurnNotes.Closed) != 0)
        {
            return true;
        }

        if (Protocol == ProtocolName.PostgreSql)
        {
            return OpenMoments.HasAnswer && (turn.Flags & TurnNotes.Partial) == 0 && _postgres!.IsFinished;
        }

        if (Protocol != ProtocolName.Http1 || !OpenMoments.HasAnswer || IsInterim(Open.Status))
        {
            return false;
        }

        if (_responseBody.Framing == HttpFraming.Endless)
        {
            return true;
        }

        _answerComplete |= (turn.IsClient || (turn.Flags & TurnNotes.Partial) == 0) && IsAnswerComplete(turn, response);
        return _answerComplete && !IsBodyMissing;
    }

    private bool IsAnswerComplete(in TurnRecord turn, ReadOnlySpan<byte> response) =>
        _responseBody.Framing switch
        {
            HttpFraming.Length => _responseBody.MessageLength >= 0 && Open.ResponseBytes >= _responseBody.MessageLength,
            HttpFraming.Chunked => HttpBody.EndsChunked(!turn.IsPlain && turn.ResponseHead == turn.ResponseBytes ? response : turn.TailSpan),
            _ => false,
        };

    /// <summary>Cuts the layers and hands the exchange over. <paramref name="extra"/> are notes that only the end tells.</summary>
    public void Finish(ExchangeBatch batch, ExchangeNotes extra, ref CorrelationTotals totals)
    {
        HasOpen = false;
        _hasEarlier = false;
        Open.Notes |= extra;
        if (!OpenMoments.HasAnswer)
        {
            if (Protocol != ProtocolName.Http1 && !IsAnswerDue)
            {
                return;
            }

            Open.Notes |= ExchangeNotes.NoResponse;
        }

        if (_responseBody.Framing == HttpFraming.Endless && Protocol == ProtocolName.Http1 && Open.Status > 0)
        {
            Open.Notes |= ExchangeNotes.Stream;
            IsOpaque |= Open.Status == 101 || Open.Method == HttpMethodName.Connect;
        }

        if (Protocol == ProtocolName.Http1 && Open.ResponseBytes < _responseBody.MessageLength && OpenMoments.HasAnswer
            && (Open.Notes & (ExchangeNotes.EventsLost | ExchangeNotes.Pipelined)) == 0)
        {
            Open.Notes |= ExchangeNotes.ResponseCut;
        }

        if (Protocol == ProtocolName.PostgreSql && _postgres!.IsStream)
        {
            Open.Notes |= ExchangeNotes.Stream;
            IsOpaque = true;
        }

        LayerCutter.Cut(OpenMoments, ref Open);
        totals.Exchanges++;
        totals.Incomplete += Open.IsComplete ? 0 : 1;
        batch.Add(Open, OpenPath.Span);
    }

    private static bool IsInterim(int status) => status is >= 100 and < 200 and not 101;

    private void Merge(in TurnRecord turn)
    {
        OpenMoments.Append(Moments.Of(turn), _answerBegan);
        Open.Method = _earlier.Method;
        Open.TraceContext = _earlier.TraceContext;
        Open.RequestId = _earlier.RequestId;
        Open.Status = _earlier.Status;
        Open.Notes |= _earlier.Notes;
        Open.RequestSeq = _earlier.RequestSeq;
        Open.ResponseSeq = _answerBegan ? _earlier.ResponseSeq : Open.ResponseSeq;
        Open.RequestBytes += _earlier.RequestBytes;
        Open.ResponseBytes += _answerBegan ? _earlier.ResponseBytes : 0;
        Open.Retransmits += _earlier.Retransmits;
        Open.ZeroWindowNs += _earlier.ZeroWindowNs;
        Open.Resent = SeenRange.Union(_earlier.Resent, Open.Resent);
        Open.Shut = SeenRange.Union(_earlier.Shut, Open.Shut);
    }

    private void TakePostgres(PostgresSession postgres, in TurnRecord turn, ReadOnlySpan<byte> request, ReadOnlySpan<byte> response)
    {
        if (LastTurn != 0 && turn.Number != LastTurn && turn.Number != LastTurn + 1)
        {
            postgres.Lose();
        }

        postgres.TakeRequest(turn.Number, request, request.Length == turn.RequestBytes);
        postgres.TakeResponse(response, turn.TailSpan, response.Length == turn.ResponseBytes);
        OpenPath.Set(postgres.Text);
        Open.Database = postgres.Facts();
        Open.Notes |= postgres.Missing(OpenMoments.HasAnswer);
    }

    private void TakeRequest(ReadOnlySpan<byte> request)
    {
        if (_hasHead)
        {
            Open.Method = _head.Method;
            if (_head.MayHaveIds)
            {
                Open.TraceContext = TraceContext.Find(request);
                Open.RequestId = RequestId.Find(request);
            }

            OpenPath.Set(request.Slice(_head.PathStart, _head.PathLength));
            _requestBody = _head.Body;
        }
        else
        {
            Open.Notes |= ExchangeNotes.RequestHeadMissing;
            _requestBody = HttpBody.Unknown;
        }
    }

    private void TakeResponse(in TurnRecord turn, ReadOnlySpan<byte> response)
    {
        Open.Notes &= ~ExchangeNotes.ResponseHeadMissing;
        if (HttpResponseHead.TryParseFinal(response, out HttpResponseHead head))
        {
            Open.Status = (short)head.Status;
            _responseBody = head.Body;
            _responseBody.Answers(Open.Method, head.Status);
        }
        else
        {
            _responseBody = HttpBody.Unknown;
            Open.Notes |= turn.HasResponse ? ExchangeNotes.ResponseHeadMissing : ExchangeNotes.None;
        }
    }
}
