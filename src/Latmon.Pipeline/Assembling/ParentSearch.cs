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
/// <para><b>group</b>: calls with the same trace id, which no request has: all take the parent that is known best of them, as surely.</para>
/// <para><b>sync</b>: one thread read the request, wrote the call, read the reply and wrote the answer, and no other request was on
/// its mind in that time or lately: likely. This is a thread per request, also in pools and with a new thread each time.</para>
/// <para><b>forward</b>: the last thing that the calling thread read before is the request, or the reply to another call of it.
/// <b>backward</b>: the first answer that the thread wrote after the reply, without another reply between, is the request's, or
/// belongs to the call that it led to. Each is right for 95 to 99 % of an event loop's calls, and for half of those of a pool that
/// hops threads; where both say the same 98.5 to 100 % are right: likely.</para>
/// <para><b>one of them</b>, weak: forward alone where both nearly always agreed in this process; backward alone in an event loop.
/// When a connection pool is exhausted, a call is written by whoever gave its connection back. So a forward link from one call to the
/// next on the same connection is soft: it counts only where it was seen to agree with what was answered right after a reply.
/// Forward says nothing of the first call on a connection. Backward says nothing where answers do not follow replies.</para>
/// <para><b>line</b>: whose turn it was to get a connection (<see cref="WaitingLine"/>, <see cref="KeepingLine"/>), weak by itself,
/// likely with one of the two. Whoever had no turn there is not the parent, whatever the two say.</para>
/// <para><b>exclusive</b>, weak: nothing known of the thread, only one request was in the process during the whole call, and one
/// thread reads and answers them all. Where several do, a thread of which nothing is known may have read a request of its own that is
/// not answered yet, which is known when it is.</para>
/// <para>What contradicts itself has no parent.</para>
/// </remarks>
internal static class ParentSearch
{
    /// <summary>Calls that share a trace id are looked for among as many that were over before, and after it.</summary>
    private const int FarthestSibling = 128;

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

        Link own = ByThreads(call, process, candidate);
        return call.Value.TraceContext.IsKnown && !call.SharesId ? Vote(call, own, process, candidate) : own;
    }

    private static Link ByThreads(HeldExchange call, ProcessCalls process, HeldExchange candidate)
    {
        (HeldExchange? forward, bool soft, bool left) = ThreadLinks.Forward(call);
        if (forward is not null && ThreadLinks.IsSync(forward, call))
        {
            return new Link(forward, ParentMethod.Thread, Confidence.Likely);
        }

        if (ThreadLinks.IsFirstOnConnection(call))
        {
            forward = null;
        }

        if (forward is not null && !soft && forward != candidate)
        {
            return Link.Unparented;
        }

        bool answersFollow = AnswersFollowReplies(call, process);
        (HeldExchange? backward, bool gone) = ThreadLinks.Backward(call, process.ConnectionsStay);
        if (forward is not null && backward is not null && (answersFollow || !soft))
        {
            process.Compared(forward == backward, soft);
        }

        if (forward is not null && !soft && (backward is not null || gone))
        {
            process.SawAnswer(gone);
        }

        backward = answersFollow ? backward : null;
        if (soft && !(answersFollow && process.ConnectionsStay))
        {
            forward = null;
        }

        switch (call.WriteLog?.Replay?.Of(call, candidate))
        {
            case LineWord.Another:
                return Link.Unparented;
            case LineWord.Its:
                return WeighTurn(call, candidate, forward, backward);
        }

        return backward is not null || forward is not null
            ? Weigh(process, forward, backward)
            : left || soft ? Link.Unparented : Exclusive(call, process);
    }

    /// <summary>True when the request that led to the call has been handed over already.</summary>
    public static bool IsLate(HeldExchange call)
    {
        int at = call.WriteLog?.LastRead(call.FromNs, call) ?? -1;
        return at >= 0 && call.WriteLog![at] is { Act: ThreadAct.RequestRead, IsAlive: false } read && read.UntilNs >= call.ToNs;
    }

    /// <summary>An event loop may as well answer when a timer has run out: then the first answer after a reply is anybody's.</summary>
    private static bool AnswersFollowReplies(HeldExchange call, ProcessCalls process) =>
        !process.IsLoop || (process.ForwardHolds && process.AnswersFollow) || call.ReadLog?.Replay is { AnswersFollowReplies: true };

    private static Link WeighTurn(HeldExchange call, HeldExchange request, HeldExchange? forward, HeldExchange? backward)
    {
        bool contradicted = (forward is not null && forward != request) || (backward is not null && backward != request);
        return contradicted || !CanHold(request, call)
            ? Link.Unparented
            : new Link(request, ParentMethod.Thread, forward is null && backward is null ? Confidence.Weak : Confidence.Likely);
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

    /// <summary>
    /// Calls that share a trace id belong to one request: all take the parent that is known best. Where they contradict each other the
    /// id is something else, and says nothing.
    /// </summary>
    private static Link Vote(HeldExchange call, in Link own, ProcessCalls process, HeldExchange candidate)
    {
        Link best = own;
        bool agree = true;
        for (HeldExchange? sibling = candidate.FirstChild; sibling is not null && agree; sibling = sibling.NextSibling)
        {
            agree = !HasSameTrace(sibling, call)
                || Join(ref best, new Link(candidate, sibling.Value.ParentMethod, sibling.Value.Confidence));
        }

        TimeOrder<HeldExchange> calls = process.Calls;
        int at = calls.From(call.ToNs);
        int last = Math.Min(calls.End, at + FarthestSibling);
        for (int i = Math.Max(calls.First, at - FarthestSibling); i < last && agree; i++)
        {
            agree = calls[i] is not { } sibling || sibling == call || !HasSameTrace(sibling, call)
                || Join(ref best, ByThreads(sibling, process, candidate));
        }

        call.SharesId |= !agree;
        bool isOthers = agree && best.Parent is not null && best.Parent != own.Parent && CanHold(best.Parent, call);
        return isOthers ? best with { Method = ParentMethod.Header } : own;
    }

    /// <returns>False when two say different things with the same confidence.</returns>
    private static bool Join(ref Link best, in Link other)
    {
        if (other.Parent is null)
        {
            return true;
        }

        if (best.Parent is null || other.Confidence < best.Confidence)
        {
            best = other;
            return true;
        }

        return best.Parent == other.Parent || other.Confidence > best.Confidence;
    }

    private static bool HasSameTrace(HeldExchange one, HeldExchange other) =>
        one.IsClient && one.Value.TraceContext.IsKnown && one.Value.TraceContext == other.Value.TraceContext;

    /// <summary>Null when the ids do not decide. Two requests with the same id (a proxy that asks twice) leave it to the threads.</summary>
    private static Link? ById(HeldExchange call, ProcessCalls process)
    {
        if (call.SharesId || (!call.Value.TraceContext.IsKnown && call.Value.RequestId == 0))
        {
            return null;
        }

        HeldExchange? found = null;
        foreach (HeldExchange request in process.Requests.Around(call.ToNs, call.FromNs))
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

    public static bool CanHold(HeldExchange request, HeldExchange call) => request.Encloses(call) && !Contradicts(request, call);

    private static Link Exclusive(HeldExchange call, ProcessCalls process)
    {
        if (!process.IsKnownToServeOnOneThread || call.HadCompany || call.WriteLog is null or { UnparentedNs: > 0 })
        {
            return Link.Unparented;
        }

        HeldExchange? only = null;
        foreach (HeldExchange request in process.Requests.Around(call.FromNs, call.ToNs))
        {
            if (request.FromNs > call.ToNs || request.ToNs < call.FromNs)
            {
                continue;
            }

            if (only is not null || !CanHold(request, call))
            {
                call.HadCompany = true;
                return Link.Unparented;
            }

            only = request;
        }

        return only is null ? Link.Unparented : new Link(only, ParentMethod.Thread, Confidence.Weak);
    }
}
