using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

internal readonly record struct Link(HeldExchange? Parent, ParentMethod Method, Confidence Confidence)
{
    public static readonly Link Unparented = new(null, ParentMethod.None, Confidence.Weak);
}

/// <summary>
/// Which request of its process a call belongs to. A wrong parent is worse than none, so a guess needs two witnesses that were asked
/// independently, or a thread that had nothing else on its mind.
/// </summary>
/// <remarks>
/// <para>Always: the request was read before the call was written, and its answer was not out before the reply was read.</para>
/// <para><b>id</b>: the same trace or request id in both heads, and in no other request that could be it: certain.</para>
/// <para><b>sync</b>: one thread read the request, wrote the call, read the reply and wrote the answer, and no other request was on
/// its mind in that time or lately: likely. This is a thread per request, also in pools and with a new thread each time.</para>
/// <para><b>forward</b>: the last thing that the calling thread read before is the request, or the reply to another call of it.
/// <b>backward</b>: the first answer that the thread wrote after the reply, without another reply between, is the request's, or
/// belongs to the call that it led to. Each is right for 95 to 99 % of an event loop's calls, and for half of those of a pool that
/// hops threads; where both say the same 98.5 to 100 % are right: likely.</para>
/// <para><b>one of them</b>, weak: forward alone where both nearly always agreed in this process; backward alone in an event loop.
/// When a connection pool is exhausted, a call is written by whoever gave its connection back. So a forward link from one call to the
/// next on the same connection is soft: it counts only where it was seen to agree with what was answered right after a reply.
/// Forward says nothing of the first call on a connection.</para>
/// <para><b>exclusive</b>, weak: nothing known of the thread, and only one request was in the process during the whole call.</para>
/// <para>What contradicts itself has no parent.</para>
/// </remarks>
internal static class ParentSearch
{
    private const int LongestWalk = 64;
    private const int LongestScan = 256;

    /// <summary>Two requests at once on a thread, that long ago, still tell that it is an event loop.</summary>
    private const long OverlapMemoryNs = 10_000_000_000;

    /// <summary>Asked when a request is complete: does the call belong to it?</summary>
    public static Link Find(HeldExchange call, HeldExchange candidate)
    {
        if (!call.HasWindow || call.Process is not { } process)
        {
            return Link.Unparented;
        }

        if (ById(call, process) is { } named)
        {
            return named;
        }

        (HeldExchange? forward, bool soft, bool gone) = Forward(call);
        if (forward is not null && IsSync(forward, call))
        {
            return new Link(forward, ParentMethod.Thread, Confidence.Likely);
        }

        if (IsFirstOnConnection(call))
        {
            forward = null;
        }

        if (forward is not null && !soft && forward != candidate)
        {
            return Link.Unparented;
        }

        HeldExchange? backward = Backward(call, process.ConnectionsStay);
        if (forward is not null && backward is not null)
        {
            process.Compared(forward == backward, soft);
        }

        if (soft && !process.ConnectionsStay)
        {
            forward = null;
        }

        return backward is not null || forward is not null
            ? Weigh(process, forward, backward)
            : gone || soft ? Link.Unparented : Exclusive(call, process);
    }

    /// <summary>True when the request that led to the call has been handed over already.</summary>
    public static bool IsLate(HeldExchange call)
    {
        int at = call.WriteLog?.LastRead(call.FromNs, call) ?? -1;
        return at >= 0 && call.WriteLog![at] is { Act: ThreadAct.RequestRead, IsAlive: false } read && read.UntilNs >= call.ToNs;
    }

    private static Link Weigh(ProcessCalls process, HeldExchange? forward, HeldExchange? backward)
    {
        if (forward is not null && backward is not null)
        {
            return forward == backward ? new Link(forward, ParentMethod.Thread, Confidence.Likely) : Link.Unparented;
        }

        if (forward is not null)
        {
            return process.ForwardHolds ? new Link(forward, ParentMethod.Thread, Confidence.Weak) : Link.Unparented;
        }

        return process.HasOneThread ? new Link(backward, ParentMethod.Thread, Confidence.Weak) : Link.Unparented;
    }

    /// <summary>Null when the ids do not decide. Two requests with the same id (a proxy that asks twice) leave it to the threads.</summary>
    private static Link? ById(HeldExchange call, ProcessCalls process)
    {
        if (call.SharesId || (!call.Value.TraceContext.IsKnown && call.Value.RequestId == 0))
        {
            return null;
        }

        HeldExchange? found = null;
        for (HeldExchange? request = process.FirstRequest; request is not null; request = request.Next)
        {
            if (!request.Encloses(call) || !HasSameId(request, call))
            {
                continue;
            }

            if (found is not null)
            {
                call.SharesId = true;
                return null;
            }

            found = request;
        }

        return found is null ? null : new Link(found, ParentMethod.Header, Confidence.Certain);
    }

    private static bool HasSameId(HeldExchange request, HeldExchange call) =>
        (call.Value.TraceContext.IsKnown && request.Value.TraceContext == call.Value.TraceContext)
        || (call.Value.RequestId != 0 && request.Value.RequestId == call.Value.RequestId);

    /// <summary>An id that both carry and that differs.</summary>
    private static bool Contradicts(HeldExchange request, HeldExchange call) =>
        (call.Value.TraceContext.IsKnown && request.Value.TraceContext.IsKnown && request.Value.TraceContext != call.Value.TraceContext)
        || (call.Value.RequestId != 0 && request.Value.RequestId != 0 && request.Value.RequestId != call.Value.RequestId);

    private static bool CanHold(HeldExchange request, HeldExchange call) => request.Encloses(call) && !Contradicts(request, call);

    /// <summary>
    /// An event loop writes it when the connection has been made, which is an event of its own: what the thread read last has nothing
    /// to do with it.
    /// </summary>
    private static bool IsFirstOnConnection(HeldExchange call) => call.Value.Turn == 1;

    private static bool IsSync(HeldExchange request, HeldExchange call) =>
        request.ReadLog is { } log && request.WriteLog == log && call.WriteLog == log && call.ReadLog == log
        && (log.OverlapNs == 0 || request.FromNs - log.OverlapNs > OverlapMemoryNs);

    /// <returns>Gone: the thread is known to have come from something that cannot be the parent.</returns>
    private static (HeldExchange? Request, bool Soft, bool Gone) Forward(HeldExchange call)
    {
        HeldExchange at = call;
        bool soft = false;
        for (int step = 0; step < LongestWalk; step++)
        {
            if (at.WriteLog is not { } log)
            {
                return default;
            }

            int index = log.LastRead(at.FromNs, at);
            if (index < 0)
            {
                return (null, soft, at != call);
            }

            ref readonly ThreadEvent read = ref log[index];
            if (!read.IsAlive)
            {
                return (null, soft, read.Act == ThreadAct.ReplyRead || read.UntilNs >= call.FromNs);
            }

            HeldExchange? request = read.Act == ThreadAct.RequestRead ? read.Node : read.Node.Parent;
            soft |= read.Act == ThreadAct.ReplyRead && read.Node.Value.Conn == at.Value.Conn;
            if (request is not null)
            {
                return CanHold(request, call) ? (request, soft, false) : (null, soft, read.Act == ThreadAct.ReplyRead);
            }

            at = read.Node;
        }

        return default;
    }

    private static HeldExchange? Backward(HeldExchange call, bool connectionsStay)
    {
        HeldExchange? at = call;
        for (int step = 0; step < LongestWalk && at?.ReadLog is not null; step++)
        {
            HeldExchange? answered = Answered(at, call, connectionsStay, out HeldExchange? next);
            if (answered is not null)
            {
                return answered;
            }

            if (next?.Parent is { } parent)
            {
                return CanHold(parent, call) ? parent : null;
            }

            at = next;
        }

        return null;
    }

    /// <summary>The request whose answer the thread wrote after it had the reply; else the call that it went on with.</summary>
    private static HeldExchange? Answered(
        HeldExchange at, HeldExchange call, bool connectionsStay, out HeldExchange? next)
    {
        ThreadLog log = at.ReadLog!;
        bool otherRequest = false;
        next = null;
        int from = log.After(at.ToNs);
        for (int i = from; i < Math.Min(log.Count, from + LongestScan); i++)
        {
            ref readonly ThreadEvent item = ref log[i];
            switch (item.Act)
            {
                case ThreadAct.ReplyRead when item.Node != at || !item.IsAlive:
                    return null;
                case ThreadAct.RequestRead:
                    otherRequest = true;
                    break;
                case ThreadAct.AnswerWritten when item.IsAlive && CanHold(item.Node, call):
                    return item.Node;
                case ThreadAct.CallWritten when item.IsAlive && !otherRequest
                    && (connectionsStay || item.Node.Value.Conn != at.Value.Conn):
                    next ??= item.Node;
                    break;
            }
        }

        return null;
    }

    private static Link Exclusive(HeldExchange call, ProcessCalls process)
    {
        if (call.WriteLog is null or { UnparentedNs: > 0 })
        {
            return Link.Unparented;
        }

        HeldExchange? only = null;
        for (HeldExchange? request = process.FirstRequest; request is not null; request = request.Next)
        {
            if (!request.HasWindow || request.FromNs > call.ToNs || request.ToNs < call.FromNs)
            {
                continue;
            }

            if (only is not null || !CanHold(request, call))
            {
                return Link.Unparented;
            }

            only = request;
        }

        return only is null ? Link.Unparented : new Link(only, ParentMethod.Thread, Confidence.Weak);
    }
}
