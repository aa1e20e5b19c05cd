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
internal sealed class Connection
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

    public ulong Id { get; private set; }

    public ProtocolName Protocol { get; private set; }

    public bool HasOpen { get; private set; }

    /// <summary>Newest turn seen, 0 before the first.</summary>
    public uint LastTurn { get; set; }

    /// <summary>CLOCK_MONOTONIC of the newest record.</summary>
    public long LastSeenNs { get; set; }

    /// <summary>An upgraded connection: what comes now is no longer requests.</summary>
    public bool IsOpaque { get; private set; }

    /// <summary>Pipelining in progress, or the rest of a long request head; null on most connections.</summary>
    public StreamSession? Stream { get; set; }

    public void Reset(ulong id)
    {
        Id = id;
        Protocol = ProtocolName.Unknown;
        HasOpen = false;
        IsOpaque = false;
        LastTurn = 0;
        OpenPath.Clear();
        Stream?.Clear();
        _hasEarlier = false;
    }

    /// <summary>Decides the protocol by the first bytes of either direction; an undecided connection is tried again.</summary>
    public void Classify(ReadOnlySpan<byte> request, ReadOnlySpan<byte> response)
    {
        if (Protocol is ProtocolName.Http1 or ProtocolName.Tls or ProtocolName.Http2)
        {
            return;
        }

        Protocol = request.StartsWith("PRI * HTTP/2"u8) ? ProtocolName.Http2
            : HttpRequestHead.TryParse(request, out _) || HttpResponseHead.TryParse(response, out _) ? ProtocolName.Http1
            : request is [0x16 or 0x17, 3, <= 4, ..] ? ProtocolName.Tls
            : ProtocolName.Tcp;
    }

    /// <summary>True when this turn is no new request but more of the open one.</summary>
    public bool Continues(in TurnRecord turn, ReadOnlySpan<byte> request)
    {
        if (!HasOpen || Protocol != ProtocolName.Http1 || turn.Number == Open.Turn)
        {
            return false;
        }

        long expected = _requestBody.MessageLength;
        return expected >= 0
            ? Open.RequestBytes < expected
            : (_requestBody.Framing == HttpFraming.Chunked || _requestBody.HeadLength < 0)
                && !HttpRequestHead.TryParse(request, out _);
    }

    /// <summary>The turn begins a new exchange.</summary>
    public void Begin()
    {
        HasOpen = true;
        OpenPath.Clear();
        _hasEarlier = false;
        _answerBegan = false;
        _requestBody = HttpBody.Unknown;
    }

    /// <summary>The turn goes on with the open exchange: what was known so far becomes its earlier part.</summary>
    public void Continue()
    {
        _earlier = Open;
        _earlierMoments = OpenMoments;
        _hasEarlier = true;
        _answerBegan = Open.Status > 0 && !IsInterim(Open.Status);
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
    }

    /// <summary>True when nothing more belongs to the open exchange, as far as its protocol tells.</summary>
    public bool IsFinished(in TurnRecord turn, ReadOnlySpan<byte> response)
    {
        if ((turn.Flags & TurnNotes.Closed) != 0)
        {
            return true;
        }

        if (Protocol != ProtocolName.Http1 || turn.WriteNs == 0 || IsInterim(Open.Status))
        {
            return false;
        }

        if (_responseBody.Framing == HttpFraming.Endless)
        {
            return true;
        }

        if ((turn.Flags & TurnNotes.Partial) != 0)
        {
            return false;
        }

        return _responseBody.Framing switch
        {
            HttpFraming.Length => _responseBody.MessageLength >= 0 && Open.ResponseBytes >= _responseBody.MessageLength,
            HttpFraming.Chunked => HttpBody.EndsChunked(turn.OutHead == turn.OutBytes ? response : turn.TailSpan),
            _ => false,
        };
    }

    /// <summary>Cuts the layers and hands the exchange over. <paramref name="extra"/> are notes that only the end tells.</summary>
    public void Finish(ExchangeBatch batch, ExchangeNotes extra, ref CorrelationTotals totals)
    {
        HasOpen = false;
        _hasEarlier = false;
        Open.Notes |= extra;
        if (OpenMoments.WriteNs == 0)
        {
            if (Protocol != ProtocolName.Http1)
            {
                return;
            }

            Open.Notes |= ExchangeNotes.NoResponse;
        }

        if (_responseBody.Framing == HttpFraming.Endless && Protocol == ProtocolName.Http1 && Open.Status > 0)
        {
            Open.Notes |= ExchangeNotes.Stream;
            IsOpaque |= Open.Status == 101;
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
        Open.Status = _earlier.Status;
        Open.Notes |= _earlier.Notes;
        Open.RequestBytes += _earlier.RequestBytes;
        Open.ResponseBytes += _answerBegan ? _earlier.ResponseBytes : 0;
        Open.Retransmits += _earlier.Retransmits;
    }

    private void TakeRequest(ReadOnlySpan<byte> request)
    {
        if (HttpRequestHead.TryParse(request, out HttpRequestHead head))
        {
            Open.Method = head.Method;
            OpenPath.Set(request.Slice(head.PathStart, head.PathLength));
            _requestBody = head.Body;
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
        if (HttpResponseHead.TryParse(response, out HttpResponseHead head))
        {
            Open.Status = (short)head.Status;
            _responseBody = head.Body;
            if (Open.Method == HttpMethodName.Head && head.Body.Framing is HttpFraming.Length or HttpFraming.Chunked or HttpFraming.Close)
            {
                _responseBody.Framing = HttpFraming.Length;
                _responseBody.BodyLength = 0;
            }
        }
        else
        {
            _responseBody = HttpBody.Unknown;
            Open.Notes |= turn.WriteNs > 0 ? ExchangeNotes.ResponseHeadMissing : ExchangeNotes.None;
        }
    }
}
