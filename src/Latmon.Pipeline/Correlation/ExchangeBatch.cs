namespace Latmon.Pipeline.Correlation;

/// <summary>
/// Finished exchanges, lent for the time of one <c>OnNext</c>: the arrays are filled again for the next batch. A batch comes
/// for every drain of the source, also an empty one, because it carries the time and the losses.
/// </summary>
public sealed class ExchangeBatch
{
    private Exchange[] _items = new Exchange[256];
    private SpanEvent[] _spans = new SpanEvent[64];
    private int _spanCount;
    private byte[] _text = new byte[16 * 1024];
    private int _textLength;

    public int Count { get; private set; }

    /// <summary>CLOCK_MONOTONIC when the batch was taken from the source.</summary>
    public long TakenNs { get; private set; }

    public long RealMinusMonotonicNs { get; private set; }

    public CorrelationCounters Counters { get; private set; }

    /// <summary>All zeros before traces are put together.</summary>
    public AssemblyCounters Assembly { get; private set; }

    public ReadOnlySpan<Exchange> Items => _items.AsSpan(0, Count);

    public ReadOnlySpan<SpanEvent> Spans => _spans.AsSpan(0, _spanCount);

    /// <summary>The bytes that the exchanges' texts point into.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _textLength);

    public ReadOnlySpan<byte> Path(in Exchange exchange) => _text.AsSpan(exchange.PathStart, exchange.PathLength);

    /// <summary>The exchange at <paramref name="index"/> with its descendants.</summary>
    public TraceRun Trace(int index) =>
        new(Items.Slice(index, _items[index].Descendants + 1), Text, Spans, RealMinusMonotonicNs);

    internal void Begin(long takenNs, long realMinusMonotonicNs)
    {
        TakenNs = takenNs;
        RealMinusMonotonicNs = realMinusMonotonicNs;
        Count = 0;
        _spanCount = 0;
        _textLength = 0;
    }

    internal void End(in CorrelationCounters counters) => Counters = counters;

    internal void End(in AssemblyCounters counters) => Assembly = counters;

    internal void Add(in Exchange exchange, ReadOnlySpan<byte> path)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        ref Exchange item = ref _items[Count++];
        item = exchange;
        item.PathStart = AddText(path);
        item.PathLength = path.Length;
    }

    internal void SetDescendants(int index, int count) => _items[index].Descendants = (ushort)count;

    internal void Add(in SpanEvent span, ReadOnlySpan<byte> text)
    {
        if (_spanCount == _spans.Length)
        {
            Array.Resize(ref _spans, _spanCount * 2);
        }

        ref SpanEvent item = ref _spans[_spanCount++];
        item = span;
        item.TextStart = AddText(text);
        item.TextLength = text.Length;
    }

    private int AddText(ReadOnlySpan<byte> text)
    {
        if (_textLength + text.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + text.Length));
        }

        text.CopyTo(_text.AsSpan(_textLength));
        _textLength += text.Length;
        return _textLength - text.Length;
    }
}

/// <summary>Running totals since the start; see <see cref="Windows.PipelineCounters"/>.</summary>
public readonly record struct CorrelationCounters(
    long Records, long Lost, long Unseen, long Malformed, long Exchanges, long Incomplete, long Evicted, int OpenConnections)
{
    public long LostParts { get; init; }
}

/// <summary>Running totals since the start.</summary>
/// <param name="Calls">Exchanges of a client's end.</param>
/// <param name="Unparented">Calls of processes that serve, for which no request was found.</param>
/// <param name="Joined">Connections' exchanges of which both ends were put together.</param>
/// <param name="LostSpans">Spans that fit no exchange, or for which there was no room.</param>
/// <param name="Early">Exchanges handed over before they were due, because there was no room for more.</param>
/// <param name="Held">Now.</param>
public readonly record struct AssemblyCounters(long Calls, long Unparented, long Joined, long LostSpans, long Early, int Held);
