using System.Globalization;
using System.Text;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;

namespace Latmon.Output;

/// <summary>
/// One trace as one line for people: when, how long, what, who, and the layers in order.
/// <c>12:00:01.234   53.2ms 200 GET /checkout  nginx[411]  net.ingress 9us, app 52.0ms, …  → delivered 204us</c>
/// </summary>
internal sealed class TraceText
{
    private readonly StringBuilder _line = new();

    public string Line(Trace trace)
    {
        DateTime start = DateTime.UnixEpoch.AddTicks(trace.StartUnixNs / TimeSpan.NanosecondsPerTick).ToLocalTime();
        _ = _line.Clear()
            .Append(start.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture))
            .Append(' ').Append(LatencyText.Format(trace.DurationNs).PadLeft(8))
            .Append(' ').Append(What(trace))
            .Append("  ").Append(trace.Process.Comm).Append('[').Append(trace.Process.Pid).Append("]  ");
        AppendLayers(trace);
        if (trace.DeliveredNs is { } delivered)
        {
            _ = _line.Append("; delivered after ").Append(LatencyText.Format(delivered));
        }

        AppendCalls(trace);
        foreach (string note in trace.Notes)
        {
            _ = _line.Append("; ").Append(note);
        }

        return _line.ToString();
    }

    private static string What(Trace trace)
    {
        string status = trace.Attribute("http.response.status_code")?.ToString() ?? "---";
        object? path = trace.Attribute("url.path");
        return path is null ? $"--- {trace.Name}" : $"{status} {trace.Attribute("http.request.method")} {path}";
    }

    /// <summary>What the request waited for, longest first.</summary>
    private void AppendCalls(Trace trace)
    {
        const int MostNamed = 3;
        if (trace.Children.IsEmpty)
        {
            return;
        }

        _ = _line.Append("; ").Append(trace.Children.Length).Append(trace.Children.Length == 1 ? " call: " : " calls: ")
            .AppendJoin(", ", trace.Children.OrderByDescending(child => child.DurationNs).Take(MostNamed)
                .Select(child => $"{child.Name} {LatencyText.Format(child.DurationNs)}"));
    }

    private void AppendLayers(Trace trace)
    {
        bool first = true;
        foreach (LayerTime layer in trace.Layers)
        {
            _ = _line.Append(first ? "" : ", ").Append(layer.Layer.Id()).Append(' ')
                .Append(layer.Evidence == Evidence.Inferred ? "~" : "").Append(LatencyText.Format(layer.DurationNs));
            first = false;
        }
    }
}
