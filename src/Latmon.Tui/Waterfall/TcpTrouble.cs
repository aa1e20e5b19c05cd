using Latmon.Pipeline;
using Latmon.Pipeline.Traces;

namespace Latmon.Tui.Waterfall;

/// <summary>What went wrong on the way, in words; empty when nothing did.</summary>
internal static class TcpTrouble
{
    public static string Of(TcpState? tcp)
    {
        if (tcp is not { } state)
        {
            return "";
        }

        string retransmits = state.Retransmits switch
        {
            0 => "",
            1 => "1 segment sent again",
            var count => $"{count} segments sent again",
        };
        string window = state.ZeroWindowNs is > 0 and var ns ? $"peer's window shut for {LatencyText.Format(ns)}" : "";
        return string.Join(", ", new[] { retransmits, window }.Where(text => text.Length > 0));
    }
}
