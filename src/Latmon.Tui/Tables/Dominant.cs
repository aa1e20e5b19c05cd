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
        return new Dominant(most.What, ShareOf(most.Ns, trace), most.Ink);
    }

    /// <summary>The largest parts first, as many as say something.</summary>
    public static IEnumerable<(string Text, Ink Ink)> Told(Trace trace, int most) =>
        TimeParts.Of(trace).OrderByDescending(part => part.Ns)
            .Where(part => ShareOf(part.Ns, trace) >= LeastTold)
            .Take(most)
            .Select(part => (new Dominant(part.What, ShareOf(part.Ns, trace), part.Ink).ToString(), part.Ink));

    public override string ToString() => string.IsNullOrEmpty(What) ? "?" : $"{Math.Round(Share * 100)}% {What}";

    private static double ShareOf(long ns, Trace trace) => trace.DurationNs > 0 ? (double)ns / trace.DurationNs : 0;
}
