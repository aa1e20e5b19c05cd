using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>Hands over a trace as soon as nothing in it waits any more, and gives back what it was made of.</summary>
internal sealed class Handover(HeldExchanges exchanges, ConnectionEnds ends, SpanShelf spans, ExchangeBatch output)
{
    public void Close(HeldExchange held)
    {
        held.IsClosed = true;
        HandOverIfWhole(held);
    }

    public void HandOverIfWhole(HeldExchange held)
    {
        HeldExchange top = held.Top;
        if (IsWhole(top))
        {
            TraceWriter.Write(top, output);
            Release(top);
        }
    }

    private static bool IsWhole(HeldExchange held)
    {
        if (!held.IsClosed)
        {
            return false;
        }

        for (HeldExchange? child = held.FirstChild; child is not null; child = child.NextSibling)
        {
            if (!IsWhole(child))
            {
                return false;
            }
        }

        return true;
    }

    private void Release(HeldExchange held)
    {
        for (HeldExchange? child = held.FirstChild; child is not null;)
        {
            HeldExchange? next = child.NextSibling;
            Release(child);
            child = next;
        }

        if (held.AwaitsOtherEnd)
        {
            ends.Remove(held);
        }

        if (!held.IsClient)
        {
            held.Process!.Requests.Remove(held);
        }
        else if (held.Parent is null)
        {
            held.Process!.RemoveCall(held);
        }

        Leave(held.ReadLog);
        Leave(held.WriteLog);
        spans.Release(held);
        exchanges.Release(held);
    }

    private static void Leave(ThreadLog? log)
    {
        if (log is not null)
        {
            log.Users--;
        }
    }
}
