using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// Cuts the outbound bytes of a pipelined connection into responses. A response begins where the one before it ends, or,
/// when that is not known (chunked, or a head that was not captured), with the next write that begins with one.
/// </summary>
internal sealed class ResponseStream
{
    private const long NotKnown = -1;

    private readonly Queue<Response> _responses = new();
    private Response? _unended;
    private long _next;

    public int Count => _responses.Count;

    public Response Peek() => _responses.Peek();

    public Response Dequeue() => _responses.Dequeue();

    /// <summary>A write of <paramref name="length"/> bytes at a position; <paramref name="bytes"/> is its captured beginning.</summary>
    public void Append(long position, long length, ReadOnlySpan<byte> bytes)
    {
        long end = position + length;
        if (_next == NotKnown && HttpResponseHead.TryParse(bytes, out _))
        {
            EndAt(position);
            _next = position;
        }

        while (_next != NotKnown && _next >= position && _next < end)
        {
            long at = _next - position;
            if (at >= bytes.Length || !HttpResponseHead.TryParse(bytes[(int)at..], out HttpResponseHead head))
            {
                _next = NotKnown;
                return;
            }

            Add(head);
        }
    }

    /// <summary>Nothing more is coming: a response without known end ends here.</summary>
    public void EndAt(long position)
    {
        if (_unended is not null)
        {
            _unended.End = position;
            _unended = null;
        }
    }

    public void Clear()
    {
        _responses.Clear();
        _unended = null;
        _next = 0;
    }

    private void Add(in HttpResponseHead head)
    {
        long length = head.Body.MessageLength;
        if (head.IsInterim)
        {
            _next = length >= 0 ? _next + length : NotKnown;
            return;
        }

        Response response = new(head.Status, _next) { End = length >= 0 ? _next + length : NotKnown };
        _unended = length >= 0 ? null : response;
        _next = response.End;
        _responses.Enqueue(response);
    }

    internal sealed class Response(int status, long start)
    {
        public int Status { get; } = status;

        public long Start { get; } = start;

        /// <summary>-1 until it is known.</summary>
        public long End { get; set; } = NotKnown;
    }
}
