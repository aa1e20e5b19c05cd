using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>What a request takes to itself when it is over.</summary>
internal sealed class RequestClaims(ThreadLogs threads, SpanShelf spans)
{
    /// <summary>A request is over: its calls and spans are put under it.</summary>
    public void Claim(HeldExchange request, long nowNs)
    {
        if (request.HasWindow)
        {
            Replay(request, nowNs);
            ForgetSharedCpu(request);
            ClaimCalls(request, request.Process!.Calls);
        }

        spans.Take(request);
    }

    private static void ClaimCalls(HeldExchange request, TimeOrder<HeldExchange> calls)
    {
        foreach (HeldExchange call in calls.Between(request.FromNs, request.ToNs))
        {
            if (request.Encloses(call)
                && ParentSearch.Find(call, request) is { Parent: { } parent } link && parent == request && request.CanAdopt(call))
            {
                Adopt(request, call, link);
            }
        }
    }

    /// <summary>What was read and written until the request was over has been, all of it, seen by now.</summary>
    private void Replay(HeldExchange request, long nowNs)
    {
        ProcessCalls process = request.Process!;
        if (request.ReadLog is { OverlapNs: > 0 } log && process.HasOneThread && process.HasInside(nowNs))
        {
            process.IsLoop = true;
            threads.ReplayOf(log)?.PlayTo(log, request.Value.EndNs);
        }
    }

    /// <summary>A thread that has several requests at once on its mind runs and waits for all of them.</summary>
    private static void ForgetSharedCpu(HeldExchange request)
    {
        if (request.ReadLog is { } log && log.HadOverlap(request.FromNs))
        {
            request.Value.OnCpuNs = request.Value.RunnableNs = request.Value.BlockedNs = Exchange.NotSeen;
        }
    }

    private static void Adopt(HeldExchange request, HeldExchange call, in Link link)
    {
        call.Process!.RemoveCall(call);
        request.Adopt(call, link.Method, link.Confidence);
        call.IsClosed = true;
        SeeWhoGotConnection(request, call);
        if (call.WriteLog is { } log)
        {
            log.UnparentedNs = 0;
        }
    }

    /// <summary>
    /// The calls before and after it on the same connection, without another event between: when it became another request's,
    /// the connection does not stay. Asking both ways would see only those who kept theirs: of the others, one is always put under its
    /// request before the other is.
    /// </summary>
    private static void SeeWhoGotConnection(HeldExchange request, HeldExchange call)
    {
        if (call.WriteLog is not { } log || call.ReadLog != log)
        {
            return;
        }

        int before = log.LastRead(call.FromNs, call);
        if (before >= 0 && log[before].Act == ThreadAct.ReplyRead)
        {
            SeeWhoGotConnection(request, call, log[before]);
        }

        for (int i = log.After(call.ToNs); i < log.Count && !log[i].IsRead; i++)
        {
            if (log[i].Act == ThreadAct.CallWritten)
            {
                SeeWhoGotConnection(request, call, log[i]);
            }
        }
    }

    private static void SeeWhoGotConnection(HeldExchange request, HeldExchange call, in ThreadEvent neighbour)
    {
        if (neighbour.IsAlive && neighbour.Node.Value.Conn == call.Value.Conn
            && neighbour.Node.Parent is { } other && other != request)
        {
            call.Process!.Compared(agreed: false, sameConnection: true);
        }
    }
}
