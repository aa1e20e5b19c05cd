using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// What HTTP says of a connection's turns: which of them are one exchange, how long its messages are, and when it is complete.
/// The exchange that is meant is always the connection's open one.
/// </summary>
internal sealed class HttpTurns
{
    private HttpBody _requestBody;
    private HttpBody _responseBody;

    /// <summary>That the current turn begins with. Parsed once a turn: it is a fifth of what a turn costs.</summary>
    private HttpRequestHead _head;
    private bool _hasHead;

    /// <summary>In an earlier turn, not counting interim answers.</summary>
    public bool AnswerBegan { get; private set; }

    /// <summary>The request has its whole answer, although its body may not be complete.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>The answer goes on for as long as the connection.</summary>
    public bool IsEndless => _responseBody.Framing == HttpFraming.Endless;

    /// <summary>A turn comes. True when it begins with a request's head.</summary>
    public bool Look(ReadOnlySpan<byte> request) => _hasHead = HttpRequestHead.TryParse(request, out _head);

    /// <summary>A turn comes whose bytes are not known.</summary>
    public void LookAway() => _hasHead = false;

    public void Begin()
    {
        AnswerBegan = IsAnswered = false;
        _requestBody = HttpBody.Unknown;
    }

    public void Continue(in Exchange open) => AnswerBegan = open.Status > 0 && !IsInterim(open.Status);

    /// <summary>True when the turn is no new request but more of the open one.</summary>
    public bool Continues(in Exchange open)
    {
        if (_requestBody.MessageLength >= 0)
        {
            // A client that was refused before it sent the body may leave it out and go on with another request.
            return IsBodyMissing(open) && !(IsAnswered && _hasHead);
        }

        return (_requestBody.Framing == HttpFraming.Chunked || _requestBody.HeadLength < 0) && !_hasHead;
    }

    /// <summary>The burst is longer than its first request.</summary>
    public bool HoldsSeveral(in TurnRecord turn) =>
        _hasHead && _head.Body.MessageLength >= 0 && turn.RequestBytes > _head.Body.MessageLength && _head.Method != HttpMethodName.Connect;

    /// <summary>Bytes of the request that have not come yet.</summary>
    public long BodyRest(in Exchange open) => Math.Max(0, _requestBody.MessageLength - open.RequestBytes);

    /// <summary>Of bytes that came before the current turn and were not counted yet, those that belong to the open request.</summary>
    public long Late(in Exchange open, long bytes) => _requestBody.MessageLength < 0 ? bytes : Math.Min(bytes, BodyRest(open));

    /// <summary>Nothing says where the answer ends.</summary>
    public bool EndsInSilence(in Exchange open) =>
        open.Role == Role.Client && _responseBody.Framing is HttpFraming.Unknown or HttpFraming.Length && _responseBody.MessageLength < 0;

    public void TakeRequest(ReadOnlySpan<byte> request, ref Exchange open, ref PathBuffer path)
    {
        if (!_hasHead)
        {
            open.Notes |= ExchangeNotes.RequestHeadMissing;
            _requestBody = HttpBody.Unknown;
            return;
        }

        open.Method = _head.Method;
        if (_head.MayHaveIds)
        {
            open.TraceContext = TraceContext.Find(request);
            open.RequestId = RequestId.Find(request);
        }

        path.Set(request.Slice(_head.PathStart, _head.PathLength));
        _requestBody = _head.Body;
    }

    public void TakeResponse(in TurnRecord turn, ReadOnlySpan<byte> response, ref Exchange open)
    {
        open.Notes &= ~ExchangeNotes.ResponseHeadMissing;
        if (HttpResponseHead.TryParseFinal(response, out HttpResponseHead head))
        {
            open.Status = (short)head.Status;
            _responseBody = head.Body;
            _responseBody.Answers(open.Method, head.Status);
        }
        else
        {
            _responseBody = HttpBody.Unknown;
            open.Notes |= turn.HasResponse ? ExchangeNotes.ResponseHeadMissing : ExchangeNotes.None;
        }
    }

    /// <summary>True when nothing more belongs to an exchange that has an answer.</summary>
    public bool IsFinished(in TurnRecord turn, ReadOnlySpan<byte> response, in Exchange open)
    {
        if (IsInterim(open.Status))
        {
            return false;
        }

        if (IsEndless)
        {
            return true;
        }

        IsAnswered |= (turn.IsClient || (turn.Flags & TurnNotes.Partial) == 0) && IsAnswerComplete(turn, response, open);
        return IsAnswered && !IsBodyMissing(open);
    }

    /// <summary>The answer is shorter than its head says.</summary>
    public bool IsCut(in Exchange open) =>
        open.ResponseBytes < _responseBody.MessageLength && (open.Notes & (ExchangeNotes.EventsLost | ExchangeNotes.Pipelined)) == 0;

    /// <summary>The server answered before it had the whole request; what still comes of it is no new request.</summary>
    private bool IsBodyMissing(in Exchange open) => open.RequestBytes < _requestBody.MessageLength;

    private bool IsAnswerComplete(in TurnRecord turn, ReadOnlySpan<byte> response, in Exchange open) =>
        _responseBody.Framing switch
        {
            HttpFraming.Length => _responseBody.MessageLength >= 0 && open.ResponseBytes >= _responseBody.MessageLength,
            HttpFraming.Chunked => HttpBody.EndsChunked(!turn.IsPlain && turn.ResponseHead == turn.ResponseBytes ? response : turn.TailSpan),
            _ => false,
        };

    private static bool IsInterim(int status) => status is >= 100 and < 200 and not 101;
}
