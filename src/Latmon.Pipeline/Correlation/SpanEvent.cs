namespace Latmon.Pipeline.Correlation;

/// <summary>
/// A timed piece from inside a process, from a uprobe or USDT: a value without references. Its text lies in
/// <see cref="ExchangeBatch.Text"/>, masked already.
/// </summary>
public struct SpanEvent
{
    /// <summary>CLOCK_MONOTONIC.</summary>
    public long StartNs;
    public long DurationNs;
    public int Pid;
    public int Tid;

    /// <summary>Index into <see cref="SpanNames"/>.</summary>
    public ushort Probe;

    public int TextStart;
    public int TextLength;

    public readonly long EndNs => StartNs + DurationNs;
}
