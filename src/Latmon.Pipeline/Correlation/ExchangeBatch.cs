namespace Latmon.Pipeline.Correlation;

/// <summary>
/// Finished exchanges, lent for the time of one <c>OnNext</c>: the arrays are filled again for the next batch. A batch comes
/// for every drain of the source, also an empty one, because it carries the time and the losses.
/// </summary>
public sealed class ExchangeBatch
{
    private Exchange[] _items = new Exchange[256];
    private byte[] _text = new byte[16 * 1024];
    private int _textLength;

    public int Count { get; private set; }

    /// <summary>CLOCK_MONOTONIC when the batch was taken from the source.</summary>
    public long TakenNs { get; private set; }

    public long RealMinusMonotonicNs { get; private set; }

    public CorrelationCounters Counters { get; private set; }

    public ReadOnlySpan<Exchange> Items => _items.AsSpan(0, Count);

    /// <summary>The bytes that the exchanges' texts point into.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _textLength);

    public ReadOnlySpan<byte> Path(in Exchange exchange) => _text.AsSpan(exchange.PathStart, exchange.PathLength);

    internal void Begin(long takenNs, long realMinusMonotonicNs)
    {
        TakenNs = takenNs;
        RealMinusMonotonicNs = realMinusMonotonicNs;
        Count = 0;
        _textLength = 0;
    }

    internal void End(in CorrelationCounters counters) => Counters = counters;

    internal void Add(in Exchange exchange, ReadOnlySpan<byte> path)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        if (_textLength + path.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + path.Length));
        }

        ref Exchange item = ref _items[Count++];
        item = exchange;
        item.PathStart = _textLength;
        item.PathLength = path.Length;
        path.CopyTo(_text.AsSpan(_textLength));
        _textLength += path.Length;
    }
}

/// <summary>Running totals since the start; see <see cref="Windows.PipelineCounters"/>.</summary>
public readonly record struct CorrelationCounters(
    long Records, long Lost, long Unseen, long Malformed, long Exchanges, long Incomplete, long Evicted, int OpenConnections);
