using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>The exchanges that are held, at most <see cref="Capacity"/>, and the order in which they fall due. Pooled.</summary>
internal sealed class HeldExchanges
{
    public const int Capacity = 32768;

    private readonly Stack<HeldExchange> _pool = new();
    private readonly PriorityQueue<(HeldExchange Node, int Generation), long> _due = new();

    public int Count { get; private set; }

    public bool IsFull => Count >= Capacity;

    public HeldExchange Add(in Exchange exchange, ReadOnlySpan<byte> text)
    {
        HeldExchange held = _pool.TryPop(out HeldExchange? pooled) ? pooled : new HeldExchange();
        held.Set(exchange, text);
        Count++;
        return held;
    }

    public void Schedule(HeldExchange held, long dueNs)
    {
        held.DueNs = dueNs;
        _due.Enqueue((held, held.Generation), dueNs);
    }

    /// <summary>The exchange that fell due first, when it did so by <paramref name="nowNs"/>.</summary>
    public HeldExchange? TakeDue(long nowNs)
    {
        while (_due.TryPeek(out (HeldExchange Node, int Generation) first, out long dueNs))
        {
            bool isCurrent = first.Node.Generation == first.Generation && !first.Node.IsClosed && first.Node.DueNs == dueNs;
            if (isCurrent && dueNs > nowNs)
            {
                return null;
            }

            _ = _due.Dequeue();
            if (isCurrent)
            {
                return first.Node;
            }
        }

        return null;
    }

    public void Release(HeldExchange held)
    {
        held.Forget();
        Count--;
        _pool.Push(held);
    }
}
