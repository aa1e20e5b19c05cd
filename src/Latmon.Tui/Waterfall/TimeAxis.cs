using System.Collections.Immutable;
using Latmon.Pipeline.Traces;

namespace Latmon.Tui.Waterfall;

/// <summary>
/// From nanoseconds to cells. The tail after the response gets at most a fifth of the width: a delayed acknowledgement of
/// 40 ms must not press a request of 1 ms into one cell.
/// </summary>
internal readonly record struct TimeAxis(long LengthNs, int Width)
{
    private const int LargestTailPart = 4;

    public static TimeAxis For(Trace trace, int width)
    {
        long tailNs = Math.Min(trace.DeliveredNs ?? 0, trace.DurationNs / LargestTailPart);
        return new TimeAxis(Math.Max(1, trace.DurationNs + tailNs), Math.Max(1, width));
    }

    /// <summary>How much of each cell the pieces cover, 0 to 1; overlapping pieces do not count twice.</summary>
    public double[] Cover(ImmutableArray<Piece> pieces)
    {
        double[] cover = new double[Width];
        double coveredTo = 0;
        foreach (Piece piece in pieces.OrderBy(piece => piece.StartNs))
        {
            double from = Math.Max((double)piece.StartNs / LengthNs * Width, coveredTo);
            double to = Math.Min((double)piece.EndNs / LengthNs * Width, Width);
            for (int cell = (int)Math.Max(0, from); cell < to; cell++)
            {
                cover[cell] += Math.Min(to, cell + 1) - Math.Max(from, cell);
            }

            coveredTo = Math.Max(coveredTo, to);
        }

        return cover;
    }

    /// <summary>From, inclusive, and to, exclusive: at least one cell, always inside; thin when less than half of one.</summary>
    public (int From, int To, bool IsThin) Cells(Piece piece)
    {
        double from = (double)piece.StartNs / LengthNs * Width;
        double to = (double)piece.EndNs / LengthNs * Width;
        int first = Math.Clamp((int)Math.Round(from), 0, Width - 1);
        int end = Math.Clamp((int)Math.Round(to), first + 1, Width);
        return (first, end, to - from < 0.5);
    }
}
