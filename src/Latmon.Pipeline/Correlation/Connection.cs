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
    private readonly HttpTurns _http = new();

    public Exchange Open;
    public Moments OpenMoments;
    public PathBuffer OpenPath;

    /// <summary>What the turns before the current one contributed to the open exchange; none for most.</summary>
    private Exchange _earlier;
    private Moments _earlierMoments;
    private bool _hasEarlier;
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

    /// <summary>Bytes of the open request that have not come yet.</summary>
    public long BodyRest => _http.BodyRest(Open);

    /// <summary>The open request has its whole answer, although its body is not complete.</summary>
    public bool IsAnswered => _http.IsAnswered;

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

        bool hasHead = _http.Look(request);
        if (Protocol == ProtocolName.Http1)
        {
            return;
        }

        Protocol = request.StartsWith("PRI * HTTP/2"u8) ? ProtocolName.Http2
            : hasHead || HttpResponseHead.TryParse(response, out _) ? ProtocolName.Http1
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
        _http.LookAway();
        _postgres?.Lose();
    }

    /// <summary>What was decrypted of the open request when its turn had been told, which comes with the next.</summary>
    public void TakeLate(in TurnRecord turn)
    {
        if (HasOpen && turn.Number == Open.Turn + 1)
        {
            Open.RequestBytes += Protocol == ProtocolName.Http1 ? _http.Late(Open, turn.PlainLate) : turn.PlainLate;
        }
    }

    /// <summary>True when this turn is no new request but more of the open one.</summary>
    public bool Continues(in TurnRecord turn)
    {
        if (!HasOpen || turn.Number != Open.Turn + 1)
        {
            return false;
        }

        return Protocol switch
        {
            ProtocolName.Http1 => _http.Continues(Open),
            ProtocolName.PostgreSql => _postgresContinues,
            _ => false,
        };
    }

    /// <summary>More than one request in the turn: the kernel saw the overlap, or the burst is longer than its first request.</summary>
    public bool HoldsSeveral(in TurnRecord turn)
    {
        if (Protocol != ProtocolName.Http1 || (turn.Flags & TurnNotes.Stream) != 0)
        {
            return Protocol == ProtocolName.Http1;
        }

        return !_isTls && _http.HoldsSeveral(turn);
    }

    /// <summary>
    /// A client's turn holds bytes of more than one exchange, which are not told apart: the numbers are of all of them, and the
    /// exchange says so.
    /// </summary>
    private bool IsMixed(in TurnRecord turn) => turn.IsClient && ((turn.Flags & TurnNotes.Overlap) != 0 || HoldsSeveral(turn));

    /// <summary>Nothing says where the open answer ends, so that silence must.</summary>
    public bool EndsInSilence => HasOpen && OpenMoments.HasAnswer && !IsAnswerDue
        && (Protocol != ProtocolName.Http1 || _http.EndsInSilence(Open));

    /// <summary>The turn begins a new exchange.</summary>
    public void Begin()
    {
        HasOpen = true;
        OpenPath.Clear();
        _hasEarlier = false;
        _http.Begin();
        _postgres?.Begin();
    }

    /// <summary>The turn goes on with the open exchange: what was known so far becomes its earlier part.</summary>
    public void Continue()
    {
        _earlier = Open;
        _earlierMoments = OpenMoments;
        _hasEarlier = true;
        _http.Continue(Open);
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
            _http.TakeRequest(request, ref Open, ref OpenPath);
        }

        if (Protocol == ProtocolName.Http1 && !_http.AnswerBegan)
        {
            _http.TakeResponse(turn, response, ref Open);
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

        return Protocol == ProtocolName.Http1 && OpenMoments.HasAnswer && _http.IsFinished(turn, response, Open);
    }

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

        if (Protocol == ProtocolName.Http1)
        {
            NoteHttpEnd();
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

    private void NoteHttpEnd()
    {
        if (_http.IsEndless && Open.Status > 0)
        {
            Open.Notes |= ExchangeNotes.Stream;
            IsOpaque |= Open.Status == 101 || Open.Method == HttpMethodName.Connect;
        }

        Open.Notes |= OpenMoments.HasAnswer && _http.IsCut(Open) ? ExchangeNotes.ResponseCut : ExchangeNotes.None;
    }

    private void Merge(in TurnRecord turn)
    {
        OpenMoments.Append(Moments.Of(turn), _http.AnswerBegan);
        Open.Method = _earlier.Method;
        Open.TraceContext = _earlier.TraceContext;
        Open.RequestId = _earlier.RequestId;
        Open.Status = _earlier.Status;
        Open.Notes |= _earlier.Notes;
        Open.RequestSeq = _earlier.RequestSeq;
        Open.ResponseSeq = _http.AnswerBegan ? _earlier.ResponseSeq : Open.ResponseSeq;
        Open.RequestBytes += _earlier.RequestBytes;
        Open.ResponseBytes += _http.AnswerBegan ? _earlier.ResponseBytes : 0;
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
}
