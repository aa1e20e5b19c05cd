using System.Collections.Immutable;
using Latmon.Pipeline.Traces;
using Latmon.Tui.State;

namespace Latmon.Tui.Waterfall;

/// <summary>
/// From nanoseconds to cells. The tail after the response gets at most a fifth of the width: a delayed acknowledgement of
/// 40 ms must not press a request of 1 ms into one cell. With segments sent again in it, it is what the requester waited for.
/// </summary>
internal readonly record struct TimeAxis(double FromNs, double LengthNs, int Width)
{
    private const int LargestTailPart = 4;
    private const int LeastTick = 12;

    public double ToNs => FromNs + LengthNs;

    public static long WholeNs(Trace trace)
    {
        long tailNs = trace.DeliveredNs ?? 0;
        return Math.Max(1, trace.DurationNs + (trace.ResentAfterNs ?? Math.Min(tailNs, trace.DurationNs / LargestTailPart)));
    }

    public static TimeAxis For(Trace trace, int width, AxisZoom zoom) =>
        new(zoom.From * WholeNs(trace), Math.Max(1, zoom.Part * WholeNs(trace)), Math.Max(1, width));

    /// <summary>Round times and the cell where each stands.</summary>
    public IEnumerable<(int Cell, long Ns)> Ticks()
    {
        double step = RoundUp(LengthNs * LeastTick / Width);
        for (double at = Math.Ceiling(FromNs / step) * step; at < ToNs; at += step)
        {
            yield return ((int)((at - FromNs) / LengthNs * Width), (long)Math.Round(at));
        }
    }

    /// <summary>How much of each cell the pieces cover, 0 to 1; overlapping pieces do not count twice.</summary>
    public double[] Cover(ImmutableArray<Piece> pieces)
    {
        double[] cover = new double[Width];
        double coveredTo = 0;
        foreach (Piece piece in pieces.OrderBy(piece => piece.StartNs))
        {
            double from = Math.Max(Position(piece.StartNs), coveredTo);
            double to = Math.Min(Position(piece.EndNs), Width);
            for (int cell = (int)Math.Max(0, from); cell < to; cell++)
            {
                cover[cell] += Math.Min(to, cell + 1) - Math.Max(from, cell);
            }

            coveredTo = Math.Max(coveredTo, to);
        }

        return cover;
    }

    /// <summary>
    /// From, inclusive, and to, exclusive: at least one cell when any of it is in sight, none otherwise; thin when less than
    /// half of one.
    /// </summary>
    public (int From, int To, bool IsThin) Cells(Piece piece)
    {
        double from = Position(piece.StartNs);
        double to = Position(piece.EndNs);
        if (to < 0 || from > Width)
        {
            return (0, 0, false);
        }

        int first = Math.Clamp((int)Math.Round(Math.Max(0, from)), 0, Width - 1);
        int end = Math.Clamp((int)Math.Round(Math.Min(Width, to)), first + 1, Width);
        return (first, end, to - from < 0.5);
    }

    private double Position(long ns) => (ns - FromNs) / LengthNs * Width;

    /// <summary>To 1, 2 or 5 times a power of ten.</summary>
    private static double RoundUp(double ns)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1, ns))));
        double digit = Math.Max(1, ns) / power;
        return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
    }
}
