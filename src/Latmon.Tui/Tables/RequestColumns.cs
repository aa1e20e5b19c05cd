using System.Globalization;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Tables;

/// <summary>The columns of the request list.</summary>
internal static class RequestColumns
{
    /// <summary>Index of the column that tells the layer: the one that <see cref="For"/> makes for a chosen layer.</summary>
    public const int LayerColumn = 3;

    public static Column<Trace>[] For(Layer? layer) =>
    [
        new("duration", 9, 0, (trace, _) => LatencyText.Format(trace.DurationNs), Slowest)
        {
            RightAligned = true,
            Ink = _ => Ink.Strong,
        },
        new("st", 3, 2, (trace, _) => StatusText(trace), (a, b) => Status(b).CompareTo(Status(a)))
        {
            Ink = trace => Status(trace) >= 500 ? Ink.Severe : Status(trace) >= 400 ? Ink.Raised : Ink.Text,
        },
        new("request", 0, 0, (trace, _) => Marked(trace), (a, b) => string.CompareOrdinal(a.Name, b.Name)),
        layer is { } chosen ? OneLayer(chosen) : MostTime,
        new("process", 14, 4, (trace, _) => ProcessText(trace.Process), ByProcess),
        new("peer", 21, 5, (trace, _) => Peer(trace), (a, b) => string.CompareOrdinal(Peer(a), Peer(b))),
        new("age", 4, 3, (trace, now) => AgeText(trace.StartUnixNs, now), (a, b) => b.StartUnixNs.CompareTo(a.StartUnixNs)) { RightAligned = true },
    ];

    public static string RequestText(Trace trace)
    {
        string? method = trace.Attribute("http.request.method") as string;
        string? path = trace.Attribute("url.path") as string;
        return method is not null && path is not null ? $"{method} {path}" : trace.Name;
    }

    public static string ProcessText(TraceProcess process) => process.Pid == 0 ? "?" : $"{process.Comm}/{process.Pid}";

    public static int Status(Trace trace) => trace.Attribute("http.response.status_code") is long status ? (int)status : 0;

    /// <summary>
    /// Retransmits stand in the list, with the time that they cost after the end: they hit single requests, and which ones is the
    /// question.
    /// </summary>
    private static string Marked(Trace trace)
    {
        string incomplete = trace.Complete ? "" : "! ";
        string cost = trace.ResentAfterNs is { } ns ? $"+{LatencyText.Format(ns)}" : "";
        string retransmits = trace.Tcp is { Retransmits: > 0 and var count }
            ? $"R{count}{cost} "
            : "";
        return incomplete + retransmits + RequestText(trace);
    }

    private static Column<Trace> MostTime => new("most time in", 22, 1, (trace, _) => Dominant.Of(trace).ToString(), ByDominant)
    {
        Ink = trace => Dominant.Of(trace).Ink,
    };

    private static Column<Trace> OneLayer(Layer layer) => new(
        layer.Title(),
        22,
        1,
        (trace, _) => LatencyText.Format(TimeIn(trace, layer)),
        (a, b) => Nullable.Compare(TimeIn(b, layer), TimeIn(a, layer)))
    {
        Ink = _ => Theme.Of(layer),
    };

    private static long? TimeIn(Trace trace, Layer layer)
    {
        if (layer == Layer.NetEgress)
        {
            return trace.DeliveredNs;
        }

        foreach (LayerTime time in trace.Layers)
        {
            if (time.Layer == layer)
            {
                return time.DurationNs;
            }
        }

        return 0;
    }

    private static string Peer(Trace trace) => trace.Connection.Remote;

    private static int ByProcess(Trace a, Trace b) =>
        string.CompareOrdinal(ProcessText(a.Process), ProcessText(b.Process));

    private static int Slowest(Trace a, Trace b) => b.WaitedNs.CompareTo(a.WaitedNs);

    private static int ByDominant(Trace a, Trace b)
    {
        int byName = string.CompareOrdinal(Dominant.Of(a).What, Dominant.Of(b).What);
        return byName != 0 ? byName : Slowest(a, b);
    }

    private static string StatusText(Trace trace) =>
        Status(trace) is > 0 and var status ? status.ToString(CultureInfo.InvariantCulture) : "-";

    public static string AgeText(long unixNs, long nowUnixNs)
    {
        long seconds = Math.Max(0, (nowUnixNs - unixNs) / 1_000_000_000);
        return seconds switch
        {
            < 100 => $"{seconds}s",
            < 6_000 => $"{seconds / 60}m",
            _ => $"{Math.Min(seconds / 3_600, 999)}h",
        };
    }
}
