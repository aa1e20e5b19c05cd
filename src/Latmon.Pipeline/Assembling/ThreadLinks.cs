namespace Latmon.Pipeline.Assembling;

/// <summary>What a thread read before a call and wrote after it: to which request that leads. See <see cref="ParentSearch"/>.</summary>
internal static class ThreadLinks
{
    private const int LongestWalk = 64;
    private const int LongestScan = 256;

    /// <summary>
    /// An event loop writes it when the connection has been made, which is an event of its own: what the thread read last has nothing
    /// to do with it.
    /// </summary>
    public static bool IsFirstOnConnection(HeldExchange call) => call.Value.Turn == 1;

    public static bool IsSync(HeldExchange request, HeldExchange call) =>
        request.ReadLog is { } log && request.WriteLog == log && call.WriteLog == log && call.ReadLog == log
        && !log.HadOverlap(request.FromNs);

    /// <returns>Gone: the thread is known to have come from something that cannot be the parent.</returns>
    public static (HeldExchange? Request, bool Soft, bool Gone) Forward(HeldExchange call)
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
                return ParentSearch.CanHold(request, call) ? (request, soft, false) : (null, soft, read.Act == ThreadAct.ReplyRead);
            }

            at = read.Node;
        }

        return default;
    }

    /// <returns>Gone: the answer was that of a request which has been handed over since.</returns>
    public static (HeldExchange? Request, bool Gone) Backward(HeldExchange call, bool connectionsStay)
    {
        HeldExchange? at = call;
        for (int step = 0; step < LongestWalk && at?.ReadLog is not null; step++)
        {
            HeldExchange? answered = Answered(at, call, connectionsStay, out HeldExchange? next, out bool gone);
            if (answered is not null || gone)
            {
                return (answered, gone);
            }

            if (next?.Parent is { } parent)
            {
                return (ParentSearch.CanHold(parent, call) ? parent : null, false);
            }

            at = next;
        }

        return default;
    }

    /// <summary>The request whose answer the thread wrote after it had the reply; else the call that it went on with.</summary>
    private static HeldExchange? Answered(
        HeldExchange at, HeldExchange call, bool connectionsStay, out HeldExchange? next, out bool gone)
    {
        ThreadLog log = at.ReadLog!;
        bool otherRequest = false;
        next = null;
        gone = false;
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
                case ThreadAct.AnswerWritten when !item.IsAlive:
                    gone = next is null;
                    return null;
                case ThreadAct.AnswerWritten when ParentSearch.CanHold(item.Node, call):
                    return item.Node;
                case ThreadAct.CallWritten when item.IsAlive && !otherRequest
                    && (connectionsStay || item.Node.Value.Conn != at.Value.Conn):
                    next ??= item.Node;
                    break;
            }
        }

        return null;
    }
}
