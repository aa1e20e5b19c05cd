namespace Latmon.Pipeline.Correlation;

/// <summary>The first and the last moment at which something was seen, CLOCK_MONOTONIC; both 0 where it never was.</summary>
public readonly record struct SeenRange(long FirstNs, long LastNs)
{
    public bool IsSeen => LastNs != 0;

    public static SeenRange Union(SeenRange a, SeenRange b) => (a.IsSeen, b.IsSeen) switch
    {
        (_, false) => a,
        (false, _) => b,
        _ => new SeenRange(Math.Min(a.FirstNs, b.FirstNs), Math.Max(a.LastNs, b.LastNs)),
    };
}
