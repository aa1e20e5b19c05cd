using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;
using Latmon.Tui.Tables;

namespace Latmon.Tui.Tail;

/// <summary>One kind of time in the mean of both cohorts.</summary>
/// <param name="SlowCalls">Calls a request, in the mean.</param>
internal readonly record struct TailPart(string Name, Ink Ink, long UsualNs, long SlowNs, double UsualCalls, double SlowCalls)
{
    public long ExcessNs => SlowNs - UsualNs;
}

/// <summary>
/// The slow requests of a route or service against its usual ones, kind of time by kind of time. The parts of a request sum
/// to its duration, so the differences of the parts sum to the difference of the means.
/// </summary>
internal sealed record TailComparison
{
    /// <summary>So many of the requests nearest to the median stand for the usual one.</summary>
    private const int MostUsual = 50;

    /// <summary>Nearest to the median still means near: at most this many times slower or faster.</summary>
    private const double FarthestUsual = 2;

    /// <summary>A percentile is the midpoint of a bucket, which a request of that bucket may lie this much below.</summary>
    private const double BucketError = 0.968;

    public required ImmutableArray<Trace> Slow { get; init; }

    public required ImmutableArray<Trace> Usual { get; init; }

    /// <summary>How many each cohort would have with the requests of which it is not known what their thread did.</summary>
    public required int AllSlow { get; init; }

    public required int AllUsual { get; init; }

    /// <summary>Largest excess first.</summary>
    public required ImmutableArray<TailPart> Parts { get; init; }

    public long SlowMeanNs => Mean(Slow);

    public long UsualMeanNs => Mean(Usual);

    public long ExcessNs => SlowMeanNs - UsualMeanNs;

    /// <summary>Null when there is no slow or no usual request to compare.</summary>
    public static TailComparison? Of(IReadOnlyCollection<Trace> traces, long medianNs, long slowFromNs) =>
        Of(traces.Where(trace => trace.DurationNs >= slowFromNs * BucketError), traces, medianNs);

    public static TailComparison? Of(IEnumerable<Trace> slow, IEnumerable<Trace> all, long medianNs)
    {
        ImmutableArray<Trace> chosen = [.. slow];
        HashSet<string> ids = [.. chosen.Select(trace => trace.Id)];
        ImmutableArray<Trace> usual =
        [
            .. all.Where(trace => !ids.Contains(trace.Id) && Distance(trace, medianNs) <= Math.Log(FarthestUsual))
                .OrderBy(trace => Distance(trace, medianNs))
                .Take(MostUsual),
        ];
        return chosen.IsEmpty || usual.IsEmpty ? null : Of(chosen, usual);
    }

    /// <summary>
    /// What is called differently in both cohorts cannot be subtracted, and of some requests it is not known what their thread did:
    /// where they are the lesser part of both cohorts they are left out, else no request's application time is told apart.
    /// </summary>
    private static TailComparison Of(ImmutableArray<Trace> slow, ImmutableArray<Trace> usual)
    {
        ImmutableArray<Trace> knownSlow = [.. slow.Where(IsKnown)];
        ImmutableArray<Trace> knownUsual = [.. usual.Where(IsKnown)];
        bool splitsApp = knownSlow.Length * 2 > slow.Length && knownUsual.Length * 2 > usual.Length;
        ImmutableArray<Trace> comparedSlow = splitsApp ? knownSlow : slow;
        ImmutableArray<Trace> comparedUsual = splitsApp ? knownUsual : usual;
        return new TailComparison
        {
            Slow = comparedSlow,
            Usual = comparedUsual,
            AllSlow = slow.Length,
            AllUsual = usual.Length,
            Parts = Differences(comparedUsual, comparedSlow, splitsApp),
        };
    }

    private static bool IsKnown(Trace trace) => trace.Cpu is not null || AppNs(trace) == 0;

    private static long AppNs(Trace trace) =>
        trace.Layers.Where(time => time.Layer == Layer.App).Sum(time => time.SelfNs ?? time.DurationNs ?? 0);

    private static double Distance(Trace trace, long medianNs) =>
        Math.Abs(Math.Log(Math.Max(1.0, trace.DurationNs) / Math.Max(1.0, medianNs)));

    private static ImmutableArray<TailPart> Differences(ImmutableArray<Trace> usual, ImmutableArray<Trace> slow, bool splitsApp)
    {
        Dictionary<string, (double Ns, double Calls, Ink Ink)> before = Means(usual, splitsApp);
        Dictionary<string, (double Ns, double Calls, Ink Ink)> after = Means(slow, splitsApp);
        return
        [
            .. before.Keys.Union(after.Keys).Select(name =>
            {
                (double usualNs, double usualCalls, Ink usualInk) = before.GetValueOrDefault(name);
                (double slowNs, double slowCalls, Ink slowInk) = after.GetValueOrDefault(name);
                Ink ink = after.ContainsKey(name) ? slowInk : usualInk;
                return new TailPart(name, ink, (long)Math.Round(usualNs), (long)Math.Round(slowNs), usualCalls, slowCalls);
            }).OrderByDescending(part => part.ExcessNs),
        ];
    }

    private static Dictionary<string, (double Ns, double Calls, Ink Ink)> Means(ImmutableArray<Trace> traces, bool splitsApp) => traces
        .SelectMany(trace => TimeParts.Of(trace, splitsApp))
        .GroupBy(part => part.Name)
        .ToDictionary(
            group => group.Key,
            group => (
                group.Sum(part => (double)part.Ns) / traces.Length,
                group.Sum(part => (double)part.Count) / traces.Length,
                group.First().Ink));

    private static long Mean(ImmutableArray<Trace> traces) => (long)Math.Round(traces.Average(trace => (double)trace.DurationNs));
}
