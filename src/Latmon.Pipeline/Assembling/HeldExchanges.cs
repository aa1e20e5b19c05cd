using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>
/// The exchanges that are held, at most <see cref="Capacity"/>, and the order in which they fall due, which is for each length of
/// waiting nearly the one in which they come. Pooled.
/// </summary>
internal sealed class HeldExchanges
{
    public const int Capacity = 32768;

    private readonly Stack<HeldExchange> _pool = new();
    private readonly TimeOrder<HeldExchange>[] _due = [.. Enum.GetValues<Patience>().Select(_ => new TimeOrder<HeldExchange>())];

    public int Count { get; private set; }

    public bool IsFull => Count >= Capacity;

    public HeldExchange Add(in Exchange exchange, ReadOnlySpan<byte> text)
    {
        HeldExchange held = _pool.TryPop(out HeldExchange? pooled) ? pooled : new HeldExchange();
        held.Set(exchange, text);
        Count++;
        return held;
    }

    /// <summary>As long as that after its end something may come that belongs to it. Whoever waits already must have fallen due.</summary>
    public void Schedule(HeldExchange held, Patience patience)
    {
        held.Patience = patience;
        _due[(int)patience].Add(held.DueNs, held);
        held.IsScheduled = true;
    }

    /// <summary>The exchange that fell due first, when it did so by <paramref name="nowNs"/>.</summary>
    public HeldExchange? TakeDue(long nowNs)
    {
        while (First() is { Count: > 0 } due && due.TimeNs(due.First) <= nowNs)
        {
            HeldExchange held = due[due.First]!;
            due.RemoveAt(due.First);
            held.IsScheduled = false;
            if (!held.IsClosed)
            {
                return held;
            }
        }

        return null;
    }

    public void Release(HeldExchange held)
    {
        if (held.IsScheduled)
        {
            _due[(int)held.Patience].Remove(held.DueNs, held);
        }

        held.Forget();
        Count--;
        _pool.Push(held);
    }

    private TimeOrder<HeldExchange> First()
    {
        TimeOrder<HeldExchange> first = _due[0];
        foreach (TimeOrder<HeldExchange> other in _due)
        {
            if (other.Count > 0 && (first.Count == 0 || other.TimeNs(other.First) < first.TimeNs(first.First)))
            {
                first = other;
            }
        }

        return first;
    }
}
