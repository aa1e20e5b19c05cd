namespace Latmon.Tui.Waterfall;

/// <summary>A part of the whole as people read it; what there is of it is never told as nothing.</summary>
internal static class ShareText
{
    public static string Of(long ns, long wholeNs)
    {
        double share = wholeNs > 0 ? (double)ns / wholeNs : 0;
        return share is > 0 and < 0.005 ? "<1%" : $"{Math.Round(share * 100)}%";
    }
}
