using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>Spans that wait for the exchange in which they lie, at most <see cref="Capacity"/>, on the logs of their threads.</summary>
internal sealed class SpanShelf(ThreadLogs threads)
{
    public const int Capacity = 16384;

    /// <summary>After that the request in which it lies is taken to be lost.</summary>
    public const long KeptNs = 10_000_000_000;

    private readonly Stack<HeldSpan> _pool = new();

    public int Count { get; private set; }

    /// <summary>Spans that fit no exchange, or for which there was no room.</summary>
    public long Lost { get; private set; }

    public void Add(in SpanEvent span, ReadOnlySpan<byte> text)
    {
        if (Count >= Capacity || threads.GetOrAdd(span.Pid, span.Tid) is not { } log)
        {
            Lost++;
            return;
        }

        HeldSpan held = _pool.TryPop(out HeldSpan? pooled) ? pooled : new HeldSpan();
        held.Set(span, text);
        log.Spans.Add(span.EndNs, held);
        log.LastNs = Math.Max(log.LastNs, span.EndNs);
        log.Users++;
        Count++;
    }

    /// <summary>Moves the spans of its threads that lie in a request, and in no later one of the same thread, to it.</summary>
    public void Take(HeldExchange request)
    {
        if (Count == 0 || request.FromNs == 0)
        {
            return;
        }

        Take(request, request.ReadLog);
        if (request.WriteLog != request.ReadLog)
        {
            Take(request, request.WriteLog);
        }
    }

    public void Release(HeldExchange exchange)
    {
        for (HeldSpan? span = exchange.FirstSpan; span is not null;)
        {
            HeldSpan? next = span.Next;
            span.Next = null;
            _pool.Push(span);
            span = next;
        }

        exchange.FirstSpan = null;
    }

    public void ForgetOld(long nowNs)
    {
        if (Count == 0)
        {
            return;
        }

        foreach (ThreadLog log in threads.All)
        {
            TimeOrder<HeldSpan> spans = log.Spans;
            for (int i = spans.First; i < spans.End && nowNs - spans.TimeNs(i) > KeptNs; i++)
            {
                if (spans[i] is { } span)
                {
                    Unlink(log, i);
                    Lost++;
                    _pool.Push(span);
                }
            }
        }
    }

    private void Take(HeldExchange request, ThreadLog? log)
    {
        if (log is null || log.Spans.Count == 0)
        {
            return;
        }

        TimeOrder<HeldSpan> spans = log.Spans;
        int first = spans.From(request.FromNs);
        int last = spans.From(LastNs(request) + 1) - 1;
        ulong key = RequestKey(request, log);
        for (int i = last; i >= first; i--)
        {
            if (spans[i] is { } span && (span.Value.RequestKey == key || span.Value.RequestKey == 0) && LiesIn(request, log, span))
            {
                Unlink(log, i);
                Insert(request, span);
            }
        }
    }

    /// <summary>
    /// That of the first span in it, which begins right after it was read: a later one on its thread may be of a request that is still
    /// under way, of which nothing is known yet.
    /// </summary>
    private static ulong RequestKey(HeldExchange request, ThreadLog log)
    {
        HeldSpan? first = null;
        foreach (HeldSpan span in log.Spans.Between(request.FromNs, LastNs(request)))
        {
            if (span.Value.RequestKey != 0 && (first is null || span.Value.StartNs < first.Value.StartNs) && LiesIn(request, log, span))
            {
                first = span;
            }
        }

        return first?.Value.RequestKey ?? 0;
    }

    private static long LastNs(HeldExchange request) => Math.Max(request.ToNs, request.Value.EndNs);

    private static bool LiesIn(HeldExchange request, ThreadLog log, HeldSpan span) =>
        span.Value.StartNs >= request.FromNs && span.Value.EndNs <= LastNs(request)
        && IsInnermost(log, request, span.Value.StartNs);

    private static bool IsInnermost(ThreadLog log, HeldExchange request, long ns)
    {
        for (int i = log.After(ns) - 1; i >= 0 && log[i].Ns >= request.FromNs; i--)
        {
            if (log[i].Act == ThreadAct.RequestRead && log[i].UntilNs >= ns)
            {
                return log[i].Node == request && log[i].IsAlive;
            }
        }

        return true;
    }

    private void Unlink(ThreadLog log, int index)
    {
        log.Spans.RemoveAt(index);
        log.Users--;
        Count--;
    }

    /// <summary>By start.</summary>
    private static void Insert(HeldExchange request, HeldSpan span)
    {
        HeldSpan? before = null;
        for (HeldSpan? at = request.FirstSpan; at is not null && at.Value.StartNs <= span.Value.StartNs; at = at.Next)
        {
            before = at;
        }

        if (before is null)
        {
            span.Next = request.FirstSpan;
            request.FirstSpan = span;
        }
        else
        {
            span.Next = before.Next;
            before.Next = span;
        }
    }
}
