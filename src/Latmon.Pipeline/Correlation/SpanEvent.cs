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

    /// <summary>The same in all spans of one request, and another one in those of others at that time; 0 = not known.</summary>
    public ulong RequestKey;

    public int TextStart;
    public int TextLength;

    public readonly long EndNs => StartNs + DurationNs;
}
