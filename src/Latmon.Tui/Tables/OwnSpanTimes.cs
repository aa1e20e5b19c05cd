using System.Collections.Immutable;
using Latmon.Pipeline.Traces;

namespace Latmon.Tui.Tables;

/// <summary>
/// Spans nest: a statement's execution holds the wait for a lock. The own time of a span is what no span inside it has, so
/// that the largest own time names the cause and not its frame.
/// </summary>
internal static class OwnSpanTimes
{
    /// <param name="spans">Of one exchange.</param>
    public static IEnumerable<(Span Span, long OwnNs)> Of(ImmutableArray<Span> spans)
    {
        Span[] ordered = [.. spans.OrderBy(span => span.OffsetNs).ThenByDescending(span => span.DurationNs)];
        long[] ownNs = [.. ordered.Select(span => span.DurationNs)];
        Stack<int> open = new();
        for (int i = 0; i < ordered.Length; i++)
        {
            while (open.Count > 0 && EndNs(ordered[open.Peek()]) <= ordered[i].OffsetNs)
            {
                open.Pop();
            }

            if (open.Count > 0)
            {
                int around = open.Peek();
                long insideNs = Math.Min(EndNs(ordered[i]), EndNs(ordered[around])) - ordered[i].OffsetNs;
                ownNs[around] = Math.Max(0, ownNs[around] - insideNs);
            }

            open.Push(i);
        }

        return ordered.Zip(ownNs);
    }

    private static long EndNs(Span span) => span.OffsetNs + span.DurationNs;
}
