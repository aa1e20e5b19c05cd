using System.Buffers;
using System.Globalization;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Windows;

/// <summary>How many exchanges all kept traces may hold together beyond one each.</summary>
internal sealed class KeptBudget
{
    public const int Capacity = 32768;

    public int Used { get; private set; }

    public bool TryTake(int count)
    {
        bool fits = Used + count <= Capacity;
        Used += fits ? count : 0;
        return fits;
    }

    public void Return(int count) => Used -= count;
}

/// <summary>
/// A place for one trace that is kept beyond its batch, reused for others; it becomes a <see cref="Traces.Trace"/> once, when a
/// snapshot first shows it. Of a long trace the beginning is kept, and the number of the rest.
/// </summary>
internal sealed class KeptTrace
{
    public const int MostItems = 257;

    private readonly Exchange[] _single = new Exchange[1];
    private Exchange[] _items;
    private SpanEvent[] _spans = [];
    private byte[] _text = new byte[PathBuffer.Capacity];
    private int _count;
    private int _left;
    private int _spanCount;
    private int _textLength;
    private Trace? _trace;
    private readonly KeptBudget _budget;

    public KeptTrace(KeptBudget budget)
    {
        _budget = budget;
        _items = _single;
    }

    public long WaitedNs => _items[0].WaitedNs;

    public void Set(in TraceRun run)
    {
        _trace = null;
        int wanted = Math.Min(run.Items.Length, MostItems);
        if (wanted > _items.Length || wanted < _items.Length / 4)
        {
            Resize(wanted);
        }

        _count = Math.Min(wanted, _items.Length);
        _left = run.Items.Length - _count;
        _spanCount = _textLength = 0;
        for (int i = 0; i < _count; i++)
        {
            Keep(run, run.Items[i], ref _items[i]);
        }
    }

    public Trace Trace(long realMinusMonotonicNs, TraceNames names) => _trace ??= Build(realMinusMonotonicNs, names);

    private Trace Build(long realMinusMonotonicNs, TraceNames names)
    {
        Trace trace = TraceBuilder.Build(new TraceRun(_items.AsSpan(0, _count), _text, _spans, realMinusMonotonicNs), names);
        return _left == 0 ? trace
            : trace with { Notes = trace.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_left} calls not kept")) };
    }

    private void Keep(in TraceRun run, in Exchange exchange, ref Exchange kept)
    {
        kept = exchange;
        kept.PathStart = KeepText(run.Path(exchange));
        kept.SpanStart = _spanCount;
        kept.SpanCount = Math.Min(exchange.SpanCount, MostItems - Math.Min(_spanCount, MostItems));
        if (_spanCount + kept.SpanCount > _spans.Length)
        {
            Array.Resize(ref _spans, _spanCount + kept.SpanCount);
        }

        foreach (ref readonly SpanEvent span in run.Spans.Slice(exchange.SpanStart, kept.SpanCount))
        {
            ref SpanEvent place = ref _spans[_spanCount++];
            place = span;
            place.TextStart = KeepText(run.Text.Slice(span.TextStart, span.TextLength));
        }
    }

    private int KeepText(ReadOnlySpan<byte> text)
    {
        if (_textLength + text.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + text.Length));
        }

        text.CopyTo(_text.AsSpan(_textLength));
        _textLength += text.Length;
        return _textLength - text.Length;
    }

    /// <summary>The first item is the slot's own; more come from a pool, as far as the budget goes.</summary>
    private void Resize(int wanted)
    {
        if (_items.Length > 1)
        {
            _budget.Return(_items.Length);
            ArrayPool<Exchange>.Shared.Return(_items);
            _items = _single;
        }

        if (wanted == 1)
        {
            return;
        }

        Exchange[] rented = ArrayPool<Exchange>.Shared.Rent(wanted);
        if (_budget.TryTake(rented.Length))
        {
            _items = rented;
        }
        else
        {
            ArrayPool<Exchange>.Shared.Return(rented);
        }
    }
}

/// <summary>The slowest requests of one window.</summary>
internal sealed class SlowestTraces(int capacity, KeptBudget budget)
{
    private readonly KeptTrace[] _kept = [.. Enumerable.Range(0, capacity).Select(_ => new KeptTrace(budget))];
    private int _fastest;

    public int Count { get; private set; }

    public ReadOnlySpan<KeptTrace> Items => _kept.AsSpan(0, Count);

    public void Offer(in TraceRun run)
    {
        if (Count < _kept.Length)
        {
            _kept[Count++].Set(run);
        }
        else if (run.Items[0].WaitedNs > _kept[_fastest].WaitedNs)
        {
            _kept[_fastest].Set(run);
        }
        else
        {
            return;
        }

        _fastest = 0;
        for (int i = 1; i < Count; i++)
        {
            _fastest = _kept[i].WaitedNs < _kept[_fastest].WaitedNs ? i : _fastest;
        }
    }

    public void Clear() => Count = 0;
}
