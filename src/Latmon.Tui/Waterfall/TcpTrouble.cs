using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;

namespace Latmon.Tui.Waterfall;

/// <summary>What went wrong on the way: in words, and where it stands on the axis.</summary>
internal static class TcpTrouble
{
    public const char ResentMark = 'R';
    public const char ShutMark = 'Z';

    /// <summary>Empty when nothing did.</summary>
    public static string Of(TcpState? tcp)
    {
        if (tcp is not { } state)
        {
            return "";
        }

        string retransmits = state.Retransmits switch
        {
            0 => "",
            1 => $"1 segment sent again{When(state.Resent)}",
            var count => $"{count} segments sent again{When(state.Resent)}",
        };
        string window = state.ZeroWindowNs is > 0 and var ns
            ? $"peer's window shut for {LatencyText.Format(ns)}{From(state.Shut)}"
            : "";
        return string.Join(", ", new[] { retransmits, window }.Where(text => text.Length > 0));
    }

    /// <summary>The moments that are known, on the axis of the root; of many segments the first and the last.</summary>
    public static IEnumerable<TimeMark> Marks(TcpState? tcp, long startNs)
    {
        if (tcp is { Resent: { } resent })
        {
            yield return new TimeMark(ResentMark, startNs + resent.FromNs, startNs + resent.FromNs);
            yield return new TimeMark(ResentMark, startNs + resent.ToNs, startNs + resent.ToNs);
        }

        if (tcp is not { Shut: { } shut, ZeroWindowNs: { } shutNs })
        {
            yield break;
        }

        if (shutNs >= shut.LengthNs)
        {
            yield return new TimeMark(ShutMark, startNs + shut.FromNs, startNs + shut.ToNs);
            yield break;
        }

        // It opened in between: only the ends are known.
        yield return new TimeMark(ShutMark, startNs + shut.FromNs, startNs + shut.FromNs);
        yield return new TimeMark(ShutMark, startNs + shut.ToNs, startNs + shut.ToNs);
    }

    /// <summary>The line of a request on which each mark stands: that of the layer in which it begins.</summary>
    public static ImmutableArray<TimeMark> MarksIn(Trace trace, LayerTime time, long startNs) =>
        [.. Marks(trace.Tcp, startNs).Where(mark => LayerAt(trace, mark.FromNs - startNs) == time.Layer)];

    /// <summary>Whether the words belong to this line: where the first mark stands, else to what leaves the host.</summary>
    public static bool IsToldAt(Trace trace, Layer layer)
    {
        TimeMark[] marks = [.. Marks(trace.Tcp, 0).Take(1)];
        return (marks is [var first] ? LayerAt(trace, first.FromNs) : Layer.TcpTx) == layer;
    }

    private static Layer LayerAt(Trace trace, long offsetNs)
    {
        if (offsetNs >= trace.DurationNs && trace.DeliveredNs is not null)
        {
            return Layer.NetEgress;
        }

        LayerTime[] around = [.. trace.Layers.Where(time =>
            time.DurationNs > 0 && time.OffsetNs <= offsetNs && offsetNs <= time.OffsetNs + time.DurationNs)];
        return around is [.., var last] ? last.Layer : Layer.TcpTx;
    }

    public static string From(OffsetRange? shut) => shut is { } range ? $" from {LatencyText.Format(range.FromNs)} on" : "";

    public static string When(OffsetRange? resent) => resent switch
    {
        null => "",
        { LengthNs: 0 } once => $" at {LatencyText.Format(once.FromNs)}",
        { } range => $" at {LatencyText.Format(range.FromNs)} to {LatencyText.Format(range.ToNs)}",
    };
}
