using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// Cuts the inbound bytes of a pipelined connection into requests. Bodies are skipped by their length, so only heads must have
/// been captured; where one is missing, the next request that can be read goes on and says that events were lost.
/// </summary>
internal sealed class RequestStream
{
    /// <summary>Longest head that is waited for.</summary>
    private const int LongestHead = 64 * 1024;

    private readonly Queue<Request> _requests = new();
    private readonly Queue<HttpMethodName> _unanswered = new();
    private byte[] _bytes = new byte[4096];
    private int _length;
    private long _start; // position of _bytes[0]
    private bool _gap;

    public int Count => _requests.Count;

    /// <summary>Everything before this position is known, or a body.</summary>
    public long End => _start + _length;

    public Request Peek() => _requests.Peek();

    public Request Dequeue() => _requests.Dequeue();

    /// <summary>The method of the oldest request that no answer was found for yet, in the order of the answers.</summary>
    public HttpMethodName NextAnswered() => _unanswered.TryDequeue(out HttpMethodName method) ? method : HttpMethodName.None;

    /// <summary>Bytes that arrived at a position. Those that are known already, or lie in a skipped body, are dropped.</summary>
    public void Append(long position, ReadOnlySpan<byte> bytes)
    {
        long known = End;
        if (bytes.IsEmpty || position + bytes.Length <= known)
        {
            return;
        }

        if (position > known)
        {
            _gap |= _length > 0 || position > _start;
            _length = 0;
            _start = position;
            known = position;
        }

        bytes = bytes[(int)(known - position)..];
        if (_length + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        Parse();
    }

    /// <summary>Where the first request begins, at the beginning of a session.</summary>
    public void StartAt(long position) => _start = position;

    public void Clear()
    {
        _requests.Clear();
        _unanswered.Clear();
        _length = 0;
        _start = 0;
        _gap = false;
    }

    private void Parse()
    {
        while (_length > 0)
        {
            ReadOnlySpan<byte> bytes = _bytes.AsSpan(0, _length);
            if (!HttpRequestHead.TryParse(bytes, out HttpRequestHead head))
            {
                DropUnreadable();
                return;
            }

            if (head.Body.HeadLength < 0)
            {
                _length = _length > LongestHead ? 0 : _length;
                return;
            }

            Request request = new(head.Method, _start, _start + head.Body.HeadLength + head.Body.BodyLength, _gap);
            request.TraceContext = TraceContext.Find(bytes[..head.Body.HeadLength]);
            request.Path.Set(bytes.Slice(head.PathStart, head.PathLength));
            _requests.Enqueue(request);
            _unanswered.Enqueue(head.Method);
            _gap = false;
            Skip(head.Body.HeadLength + head.Body.BodyLength);
        }
    }

    /// <summary>No request begins here: a chunked body, or bytes behind a gap. A short rest may still become one.</summary>
    private void DropUnreadable()
    {
        if (_length >= 16)
        {
            _start += _length;
            _length = 0;
            _gap = true;
        }
    }

    private void Skip(long count)
    {
        int kept = (int)Math.Max(0, _length - count);
        _bytes.AsSpan(_length - kept, kept).CopyTo(_bytes);
        _start += count;
        _length = kept;
    }

    internal sealed class Request(HttpMethodName method, long start, long end, bool afterGap)
    {
        public PathBuffer Path;

        public TraceContext TraceContext { get; set; }

        public HttpMethodName Method { get; } = method;

        public long Start { get; } = start;

        public long End { get; } = end;

        public bool AfterGap { get; } = afterGap;
    }
}
