using System.Globalization;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;
using Latmon.Tui.Tables;

namespace Latmon.Tui.Waterfall;

/// <summary>Everything about one request that is not a time on an axis.</summary>
internal static class DetailText
{
    /// <summary>Label and text of each line; a text longer than <paramref name="width"/> goes on under itself.</summary>
    public static IReadOnlyList<(string Label, string Text, Ink Ink)> Of(
        Trace trace, string call, TimeZoneInfo zone, GlyphSet glyphs, int width) =>
        [.. Lines(trace, call, zone, glyphs).SelectMany(line => TextWrap.Lines(line.Text, Math.Max(10, width))
            .Select((text, index) => (index == 0 ? line.Label : "", text, line.Ink)))];

    private static List<(string Label, string Text, Ink Ink)> Lines(Trace trace, string call, TimeZoneInfo zone, GlyphSet glyphs)
    {
        List<(string Label, string Text, Ink Ink)> lines = [];
        if (call.Length > 0)
        {
            lines.Add(("this line", call, Ink.Strong));
        }

        if (!trace.Complete)
        {
            string why = trace.Notes.Length > 0 ? string.Join("; ", trace.Notes) : "a part of it was not seen";
            lines.Add(("incomplete", why, Ink.Severe));
        }

        lines.Add(("time", TimeLine(trace, zone), Ink.Text));
        lines.Add(("process", ProcessLine(trace), Ink.Text));
        lines.Add(("connection", ConnectionLine(trace), Ink.Text));
        lines.Add(("cpu", CpuLine(trace, glyphs), CpuInk(trace)));
        lines.Add(("tcp", TcpLine(trace), trace.Tcp is { Retransmits: > 0 } or { ZeroWindowNs: > 0 } ? Ink.Severe : Ink.Text));
        lines.Add(("bytes", $"request {trace.RequestBytes}, response {trace.ResponseBytes}", Ink.Text));
        if (trace.TraceId is { } traceId)
        {
            lines.Add(("trace id", traceId, Ink.Text));
        }

        if (trace.Complete && trace.Notes.Length > 0)
        {
            lines.Add(("notes", string.Join("; ", trace.Notes), Ink.Raised));
        }

        return lines;
    }

    public static string ClockTime(long unixNs, TimeZoneInfo zone, string format = "HH:mm:ss.ffffff")
    {
        DateTimeOffset utc = DateTimeOffset.UnixEpoch.AddTicks(unixNs / 100);
        return TimeZoneInfo.ConvertTime(utc, zone).ToString(format, CultureInfo.InvariantCulture);
    }

    private static string TimeLine(Trace trace, TimeZoneInfo zone)
    {
        string delivered = trace.DeliveredNs is { } tailNs
            ? $"acknowledged {LatencyText.Format(tailNs)} after the response"
            : "no acknowledgement seen";
        return $"{ClockTime(trace.StartUnixNs, zone)}  {LatencyText.Format(trace.DurationNs)}, {delivered}";
    }

    private static string ProcessLine(Trace trace)
    {
        string container = trace.Process.Container is { } id ? $"  container {id[..Math.Min(12, id.Length)]}" : "";
        return trace.Process.Pid == 0
            ? "? (no read or write of it was seen)"
            : $"{trace.Process.Comm}  pid {trace.Process.Pid}  thread {trace.Process.Tid}{container}";
    }

    private static string ConnectionLine(Trace trace)
    {
        string direction = trace.Role == Role.Server ? "<-" : "->";
        (string family, string local, string remote) = trace.Connection;
        return $"{local} {direction} {remote}  {trace.Protocol} over {family}";
    }

    private static string CpuLine(Trace trace, GlyphSet glyphs)
    {
        if (trace.Cpu is not { } cpu)
        {
            return "? (read and written by different threads)";
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
        return $"retransmits {tcp.Retransmits}, round trip {rtt}, zero window {LatencyText.Format(tcp.ZeroWindowNs)}";
    }
}
