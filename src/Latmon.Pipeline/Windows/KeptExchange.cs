using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// A place for one exchange that is kept beyond its batch, reused for others; it becomes a <see cref="Trace"/> once, when a
/// snapshot first shows it.
/// </summary>
internal sealed class KeptExchange
{
    private readonly byte[] _path = new byte[PathBuffer.Capacity];
    private Exchange _exchange;
    private int _pathLength;
    private Trace? _trace;

    public long DurationNs => _exchange.DurationNs;

    public void Set(in Exchange exchange, ReadOnlySpan<byte> path)
    {
        _exchange = exchange;
        _pathLength = Math.Min(path.Length, _path.Length);
        path[.._pathLength].CopyTo(_path);
        _trace = null;
    }

    public Trace Trace(long realMinusMonotonicNs) =>
        _trace ??= TraceBuilder.Build(_exchange, _path.AsSpan(0, _pathLength), realMinusMonotonicNs);
}

/// <summary>The slowest exchanges of one window.</summary>
internal sealed class SlowestExchanges(int capacity)
{
    private readonly KeptExchange[] _kept = [.. Enumerable.Range(0, capacity).Select(_ => new KeptExchange())];
    private int _fastest;

    public int Count { get; private set; }

    public ReadOnlySpan<KeptExchange> Items => _kept.AsSpan(0, Count);

    public void Offer(in Exchange exchange, ReadOnlySpan<byte> path)
    {
        if (Count < _kept.Length)
        {
            _kept[Count++].Set(exchange, path);
        }
        else if (exchange.DurationNs > _kept[_fastest].DurationNs)
        {
            _kept[_fastest].Set(exchange, path);
        }
        else
        {
            return;
        }

        _fastest = 0;
        for (int i = 1; i < Count; i++)
        {
            _fastest = _kept[i].DurationNs < _kept[_fastest].DurationNs ? i : _fastest;
        }
    }

    public void Clear() => Count = 0;
}
