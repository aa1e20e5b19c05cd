using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Tables;

/// <summary>
/// Where most of the time of one request went, in words that name the cause: not "Application" when the application
/// waited for a CPU or for its database.
/// </summary>
internal readonly record struct Dominant(string What, double Share, Ink Ink)
{
    public static Dominant Of(Trace trace)
    {
        (string What, long Ns, Ink Ink) most = ("", 0, Ink.Dim);
        foreach ((string What, long Ns, Ink Ink) part in Parts(trace))
        {
            most = part.Ns > most.Ns ? part : most;
        }

        if (most.What == Layer.App.Title() && trace.Cpu is { } cpu)
        {
            most = LargestOf(cpu, most.Ns);
        }

        return new Dominant(most.What, trace.DurationNs > 0 ? (double)most.Ns / trace.DurationNs : 0, most.Ink);
    }

    public override string ToString() => What.Length == 0 ? "?" : $"{Math.Round(Share * 100)}% {What}";

    private static IEnumerable<(string What, long Ns, Ink Ink)> Parts(Trace trace)
    {
        foreach (LayerTime time in trace.Layers)
        {
            if (time.DurationNs is not { } durationNs || time.Layer == Layer.NetEgress)
            {
                continue;
            }

            long selfNs = time.SelfNs ?? durationNs;
            yield return (time.Layer.Title(), selfNs, Theme.Of(time.Layer));
            if (durationNs > selfNs)
            {
                yield return (ChildWord(trace), durationNs - selfNs, Ink.Child);
            }
        }
    }

    /// <summary>Blocked time holds the calls that were waited for; only the rest of it is the application's own.</summary>
    private static (string What, long Ns, Ink Ink) LargestOf(CpuTime cpu, long selfNs)
    {
        (string What, long Ns, Ink Ink) running = ("App: running", cpu.OnCpuNs, Ink.Application);
        (string What, long Ns, Ink Ink) waiting = ("App: waits for CPU", cpu.RunnableNs, Ink.Severe);
        (string What, long Ns, Ink Ink) blocked =
            ("App: blocked", Math.Min(cpu.BlockedNs, selfNs - cpu.OnCpuNs - cpu.RunnableNs), Ink.Application);
        return new[] { running, waiting, blocked }.MaxBy(part => part.Ns);
    }

    private static string ChildWord(Trace trace)
    {
        IGrouping<string, (string Name, long Ns)>? most = trace.Children.Select(child => (child.Name, Ns: child.DurationNs))
            .Concat(trace.Spans.Select(span => (span.Name, Ns: span.DurationNs)))
            .GroupBy(part => part.Name)
            .MaxBy(group => group.Sum(part => part.Ns));
        return most switch
        {
            null => "call it waited for",
            _ when most.Count() > 1 => $"{most.Count()}x {most.Key}",
            _ => most.Key,
        };
    }
}
