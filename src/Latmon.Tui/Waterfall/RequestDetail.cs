using System.Globalization;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Waterfall;

/// <summary>A labelled line of text, wrapped where it is drawn.</summary>
internal readonly record struct DetailLine(string Label, string Text, Ink Ink);

/// <summary>Everything about one request that is not a time on an axis.</summary>
internal static class RequestDetail
{
    public static List<DetailLine> Of(Trace trace, TimeZoneInfo zone, GlyphSet glyphs)
    {
        List<DetailLine> lines = [];
        if (!trace.Complete)
        {
            string why = trace.Notes.Length > 0 ? string.Join("; ", trace.Notes) : "a part of it was not seen";
            lines.Add(new("incomplete", why, Ink.Severe));
        }

        lines.Add(new("time", TimeLine(trace, zone), Ink.Text));
        lines.Add(new("process", Process(trace), Ink.Text));
        lines.Add(new("connection", Connection(trace), Ink.Text));
        lines.Add(new("cpu", CpuLine(trace, glyphs), CpuInk(trace)));
        lines.Add(new("tcp", TcpLine(trace), trace.Tcp is { Retransmits: > 0 } or { ZeroWindowNs: > 0 } ? Ink.Severe : Ink.Text));
        lines.Add(new("bytes", $"request {trace.RequestBytes}, response {trace.ResponseBytes}", Ink.Text));
        if (Attributes(trace) is { Length: > 0 } attributes)
        {
            lines.Add(new("attributes", attributes, Ink.Text));
        }

        if (trace.TraceId is { } traceId)
        {
            lines.Add(new("trace id", traceId, Ink.Text));
        }

        if (trace.Attribution.Method == "none")
        {
            lines.Add(new("attribution", "a call that fits no request; shown by itself", Ink.Raised));
        }

        if (trace.Complete && trace.Notes.Length > 0)
        {
            lines.Add(new("notes", string.Join("; ", trace.Notes), Ink.Raised));
        }

        return lines;
    }

    public static string ClockTime(long unixNs, TimeZoneInfo zone, string format = "HH:mm:ss.ffffff")
    {
        long ticks = Math.Clamp(unixNs / 100, 0, (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / 2);
        DateTimeOffset utc = DateTimeOffset.UnixEpoch.AddTicks(ticks);
        return TimeZoneInfo.ConvertTime(utc, zone).ToString(format, CultureInfo.InvariantCulture);
    }

    public static string Process(Trace trace)
    {
        string container = trace.Process.Container is { } id ? $"  container {id[..Math.Min(12, id.Length)]}" : "";
        return trace.Process.Pid == 0
            ? "? (no read or write of it was seen)"
            : $"{trace.Process.Comm}  pid {trace.Process.Pid}  thread {trace.Process.Tid}{container}";
    }

    public static string Connection(Trace trace)
    {
        string direction = trace.Role == Role.Server ? "<-" : "->";
        (string family, string local, string remote) = trace.Connection;
        return $"{local} {direction} {remote}  {trace.Protocol} over {family}";
    }

    public static string Attributes(Trace trace) => string.Join(
        "  ",
        trace.Attributes.Where(attribute => attribute.Key is not ("db.query.text" or "db.statement"))
            .Select(attribute => string.Create(CultureInfo.InvariantCulture, $"{attribute.Key}={attribute.Value}")));

    private static string TimeLine(Trace trace, TimeZoneInfo zone)
    {
        string delivered = trace.DeliveredNs is { } tailNs
            ? $"acknowledged {LatencyText.Format(tailNs)} after the response"
            : "no acknowledgement seen";
        return $"{ClockTime(trace.StartUnixNs, zone)}  {LatencyText.Format(trace.DurationNs)}, {delivered}";
    }

    private static string CpuLine(Trace trace, GlyphSet glyphs)
    {
        if (trace.Cpu is not { } cpu)
        {
            return "? (no thread had this request alone)";
        }

        return $"{glyphs.Full} running {LatencyText.Format(cpu.OnCpuNs)}  "
            + $"{glyphs.Runnable} waiting for a CPU {LatencyText.Format(cpu.RunnableNs)}  "
            + $"{glyphs.Blocked} blocked {LatencyText.Format(cpu.BlockedNs)}";
    }

    private static Ink CpuInk(Trace trace) =>
        trace.Cpu is { } cpu && cpu.RunnableNs > cpu.OnCpuNs && cpu.RunnableNs > cpu.BlockedNs ? Ink.Severe : Ink.Text;

    private static string TcpLine(Trace trace)
    {
        if (trace.Tcp is not { } tcp)
        {
            return "? (not a TCP connection, or not measured)";
        }

        string rtt = LatencyText.Format(tcp.SmoothedRttUs * 1_000L);
        return $"retransmits {tcp.Retransmits}{TcpTrouble.When(tcp.Resent)}, round trip {rtt}, "
            + $"zero window {LatencyText.Format(tcp.ZeroWindowNs)}{TcpTrouble.From(tcp.Shut)}";
    }
}
