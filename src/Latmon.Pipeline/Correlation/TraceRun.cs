namespace Latmon.Pipeline.Correlation;

/// <summary>One trace, or the part of one below an exchange, lent by a batch or by what keeps it: the root, then its descendants.</summary>
public readonly ref struct TraceRun(
    ReadOnlySpan<Exchange> items, ReadOnlySpan<byte> text, ReadOnlySpan<SpanEvent> spans, long realMinusMonotonicNs)
{
    public ReadOnlySpan<Exchange> Items { get; } = items;

    /// <summary>What the texts of exchanges and spans point into.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;

    public ReadOnlySpan<SpanEvent> Spans { get; } = spans;

    public long RealMinusMonotonicNs { get; } = realMinusMonotonicNs;

    public ReadOnlySpan<byte> Path(in Exchange exchange) => Text.Slice(exchange.PathStart, exchange.PathLength);
}
