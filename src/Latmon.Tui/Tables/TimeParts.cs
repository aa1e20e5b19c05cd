using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Tables;

/// <summary>A named part of the time of one request.</summary>
/// <param name="Count">Alike calls.</param>
/// <param name="LongestNs">Of several alike calls the longest.</param>
internal readonly record struct TimePart(string Name, long Ns, Ink Ink, int Count = 1, long LongestNs = 0)
{
    public string What => Count > 1 ? $"{Count}x {Name}" : Name ?? "";
}

/// <summary>
/// The whole time of one request in parts that name the cause: not "Application" when it waited for a CPU or for a
/// statement. The parts sum to the duration; a layer that was not measured has none.
/// </summary>
internal static class TimeParts
{
    /// <summary>A span inside a call is named when it is at least this much of the call.</summary>
    private const double LeastInside = 0.5;

    /// <param name="splitsApp">False: the application's own time is one part, whatever is known of it.</param>
    public static List<TimePart> Of(Trace trace, bool splitsApp = true)
    {
        List<TimePart> parts = [];
        foreach (LayerTime time in trace.Layers)
        {
            if (time.DurationNs is not { } durationNs || time.Layer == Layer.NetEgress)
            {
                continue;
            }

            long selfNs = Math.Clamp(time.SelfNs ?? durationNs, 0, durationNs);
            if (time.Layer == Layer.App)
            {
                AddOwn(parts, splitsApp ? trace.Cpu : null, selfNs);
                AddCalls(parts, trace, durationNs - selfNs);
            }
            else
            {
                parts.Add(new TimePart(time.Layer.Title(), durationNs, Theme.Of(time.Layer)));
            }
        }

        AddNotReading(parts, trace);
        return parts;
    }

    /// <summary>The time in which the other end had no room is not the kernel's, and not the application's that wrote.</summary>
    private static void AddNotReading(List<TimePart> parts, Trace trace)
    {
        long leftNs = trace.Tcp?.ZeroWindowNs ?? 0;
        long waitedNs = 0;
        for (int i = 0; i < parts.Count && leftNs > 0; i++)
        {
            TimePart part = parts[i];
            if (part.Name == Layer.ResponseWrite.Title() || part.Name == Layer.TcpTx.Title())
            {
                long takenNs = Math.Min(leftNs, part.Ns);
                parts[i] = part with { Ns = part.Ns - takenNs };
                leftNs -= takenNs;
                waitedNs += takenNs;
            }
        }

        if (waitedNs > 0)
        {
            string who = trace.Role == Role.Server ? "client" : "server";
            parts.Add(new TimePart($"{who} not reading", waitedNs, Theme.Of(Layer.TcpTx)));
        }
    }

    /// <summary>Of the application's own time, what its thread did.</summary>
    private static void AddOwn(List<TimePart> parts, CpuTime? split, long selfNs)
    {
        if (split is not { } cpu)
        {
            parts.Add(new TimePart(Layer.App.Title(), selfNs, Ink.Application));
            return;
        }

        // Blocked time holds the calls that were waited for; only the rest of it is the application's own.
        long runningNs = Math.Min(cpu.OnCpuNs, selfNs);
        long waitingNs = Math.Min(cpu.RunnableNs, selfNs - runningNs);
        parts.Add(new TimePart("App: running", runningNs, Ink.Application));
        parts.Add(new TimePart("App: waits for CPU", waitingNs, Ink.Severe));
        parts.Add(new TimePart("App: blocked", selfNs - runningNs - waitingNs, Ink.Application));
    }

    /// <summary>
    /// Every moment belongs to the call that was first; exchanges before a library's spans, which tell of the same calls.
    /// </summary>
    private static void AddCalls(List<TimePart> parts, Trace trace, long waitedNs)
    {
        long leftNs = waitedNs;
        foreach (IGrouping<(string Name, Ink Ink), (long FromNs, long ToNs, string Name, Ink Ink)> alike in
            Swept(trace).GroupBy(call => (call.Name, call.Ink)))
        {
            long ns = Math.Min(leftNs, alike.Sum(call => call.ToNs - call.FromNs));
            long longestNs = alike.Max(call => call.ToNs - call.FromNs);
            parts.Add(new TimePart(alike.Key.Name, ns, alike.Key.Ink, alike.Count(), longestNs));
            leftNs -= ns;
        }

        if (leftNs > 0)
        {
            parts.Add(new TimePart("calls it waited for", leftNs, Ink.Child));
        }
    }

    private static IEnumerable<(long FromNs, long ToNs, string Name, Ink Ink)> Swept(Trace trace)
    {
        IEnumerable<(long FromNs, long ToNs, string Name, Ink Ink)> calls = trace.Children.Length > 0
            ? trace.Children.Select(child => Named(child, child.StartUnixNs - trace.StartUnixNs))
            : trace.Spans.Select(span => (span.OffsetNs, span.OffsetNs + span.DurationNs, span.Name, Theme.Of(span)));
        long coveredTo = long.MinValue;
        foreach ((long fromNs, long toNs, string name, Ink ink) in calls.OrderBy(call => call.FromNs))
        {
            long newFromNs = Math.Max(fromNs, coveredTo);
            coveredTo = Math.Max(coveredTo, toNs);
            if (toNs > newFromNs)
            {
                yield return (newFromNs, toNs, name, ink);
            }
        }
    }

    /// <summary>A lock stands before the statement that waits for it: it is the cause, and a narrow column cuts the end.</summary>
    private static (long FromNs, long ToNs, string Name, Ink Ink) Named(Trace child, long fromNs)
    {
        (Span? most, long ownNs) = child.Children.Append(child).SelectMany(end => OwnSpanTimes.Of(end.Spans))
            .DefaultIfEmpty().MaxBy(inside => inside.OwnNs);
        bool tells = most is not null && ownNs > child.DurationNs * LeastInside;
        Ink ink = tells ? Theme.Of(most!) : Ink.Database;
        return ink == Ink.Lock
            ? (fromNs, fromNs + child.DurationNs, $"{most!.Name}: {child.Name}", Ink.Lock)
            : (fromNs, fromNs + child.DurationNs, child.Name, Theme.Of(child));
    }
}
