using Latmon.Pipeline;

namespace Latmon.Tui.Tail;

/// <summary>The comparison as one sentence: <c>excess 61.0ms = Socket wait 48.0ms + SELECT t 9.00ms + rest 4.00ms</c>.</summary>
internal static class TailText
{
    private const int MostTold = 3;
    private const double LeastTold = 0.05;

    public static string Sentence(TailComparison comparison)
    {
        long excessNs = comparison.ExcessNs;
        if (excessNs <= 0)
        {
            return "the slow ones are not slower than the usual ones";
        }

        TailPart[] told = [.. comparison.Parts.Where(part => part.ExcessNs >= excessNs * LeastTold).Take(MostTold)];
        IEnumerable<string> parts = told.Select(part => $"{Named(part)} {LatencyText.Format(part.ExcessNs)}");
        long restNs = excessNs - told.Sum(part => part.ExcessNs);
        string rest = Math.Abs(restNs) < excessNs * 0.005 ? "" : restNs > 0
            ? $" + rest {LatencyText.Format(restNs)}"
            : $" - less elsewhere {LatencyText.Format(-restNs)}";
        return $"excess {LatencyText.Format(excessNs)} = {string.Join(" + ", parts)}{rest}";
    }

    /// <summary>With the number of calls where that is what differs.</summary>
    public static string Named(TailPart part) => part switch
    {
        { SlowCalls: > 1.5 } when part.SlowCalls > part.UsualCalls * 1.5 =>
            $"{part.Name} ({Calls(part.SlowCalls)} calls, usually {Calls(part.UsualCalls)})",
        { SlowCalls: > 1.5 } => $"{Calls(part.SlowCalls)}x {part.Name}",
        _ => part.Name,
    };

    private static string Calls(double calls) => Math.Round(calls).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
