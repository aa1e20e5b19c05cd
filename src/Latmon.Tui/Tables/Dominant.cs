using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Tables;

/// <summary>Where most of the time of one request went.</summary>
internal readonly record struct Dominant(string What, double Share, Ink Ink)
{
    private const double LeastTold = 0.04;

    public static Dominant Of(Trace trace)
    {
        TimePart most = TimeParts.Of(trace).OrderByDescending(part => part.Ns).FirstOrDefault();
        return new Dominant(most.What, ShareOf(most.Ns, trace.DurationNs), most.Ink);
    }

    /// <summary>The largest parts first, as many as say something.</summary>
    public static IEnumerable<(string Text, Ink Ink)> Told(Trace trace, int most) =>
        TimeParts.Of(trace).OrderByDescending(part => part.Ns)
            .Where(part => ShareOf(part.Ns, trace.DurationNs) >= LeastTold)
            .Take(most)
            .Select(part => (new Dominant(part.What, ShareOf(part.Ns, trace.DurationNs), part.Ink) + Longest(part), part.Ink));

    /// <summary>Of several requests together; alike parts are one, however many calls each has.</summary>
    public static IEnumerable<(string Text, Ink Ink)> Told(IReadOnlyCollection<Trace> traces, int most)
    {
        long allNs = traces.Sum(trace => trace.DurationNs);
        return traces.SelectMany(trace => TimeParts.Of(trace))
            .GroupBy(part => (part.Name, part.Ink))
            .Select(alike => new Dominant(alike.Key.Name, ShareOf(alike.Sum(part => part.Ns), allNs), alike.Key.Ink))
            .OrderByDescending(part => part.Share)
            .Where(part => part.Share >= LeastTold)
            .Take(most)
            .Select(part => (part.ToString(), part.Ink));
    }

    public override string ToString() => string.IsNullOrEmpty(What) ? "?" : $"{Math.Round(Share * 100)}% {What}";

    private static string Longest(TimePart part) => part.Count > 1 ? $" (longest {LatencyText.Format(part.LongestNs)})" : "";

    private static double ShareOf(long ns, long wholeNs) => wholeNs > 0 ? (double)ns / wholeNs : 0;
}
