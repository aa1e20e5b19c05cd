using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Latmon.Pipeline;
using Latmon.Pipeline.Windows;

namespace Latmon.Output;

/// <summary>The table of <c>latmon stat</c>, for people and as one JSON object.</summary>
internal sealed class StatTable(LatencyTotals totals)
{
    public byte[] Text()
    {
        StringBuilder text = new();
        LatencySummary duration = totals.Duration;
        _ = text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{duration.Count} requests in {totals.Seconds:0.0} s ({duration.PerSecond:0}/s), {totals.Counters.Lost} lost, {totals.Counters.Incomplete} incomplete{LossText.OfParts(totals.Counters.LostParts)}"));
        _ = text.AppendLine().AppendLine("layer                 share      p50      p90      p99      max   measured");
        foreach (LayerRow row in totals.Rows())
        {
            AppendRow(text, row.Layer.Title(), row.Layer == Layer.NetEgress ? null : row.Share, row.Summary, Remark(row));
        }

        AppendRow(text, "Whole request", null, duration, "");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public byte[] Json()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteNumber("seconds", Math.Round(totals.Seconds, 3));
            json.WriteNumber("lost", totals.Counters.Lost);
            json.WriteNumber("lost_parts", totals.Counters.LostParts);
            json.WriteNumber("incomplete", totals.Counters.Incomplete);
            json.WriteStartObject("duration");
            WriteSummary(json, totals.Duration);
            json.WriteEndObject();
            json.WriteStartArray("layers");
            foreach (LayerRow row in totals.Rows())
            {
                json.WriteStartObject();
                json.WriteString("layer", row.Layer.Id());
                WriteSummary(json, row.Summary);
                json.WriteNumber("unavailable", row.Unavailable);
                json.WriteNumber("inferred", row.Inferred);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSummary(Utf8JsonWriter json, in LatencySummary summary)
    {
        json.WriteNumber("count", summary.Count);
        json.WriteNumber("total_ns", summary.TotalNs);
        json.WriteNumber("p50_ns", summary.P50Ns);
        json.WriteNumber("p90_ns", summary.P90Ns);
        json.WriteNumber("p99_ns", summary.P99Ns);
        json.WriteNumber("max_ns", summary.MaxNs);
    }

    private static string Remark(LayerRow row)
    {
        string remark = row.Summary.Count.ToString(CultureInfo.InvariantCulture);
        remark += row.Unavailable > 0 ? $", {row.Unavailable} not measurable" : "";
        return remark + (row.Inferred > 0 ? $", {row.Inferred} inferred" : "");
    }

    private static void AppendRow(StringBuilder text, string title, double? share, in LatencySummary summary, string remark)
    {
        string percent = share is { } part && summary.Count > 0 ? part.ToString("0.0%", CultureInfo.InvariantCulture) : "";
        _ = text.Append(title.PadRight(20)).Append(percent.PadLeft(7));
        foreach (long ns in (ReadOnlySpan<long>)[summary.P50Ns, summary.P90Ns, summary.P99Ns, summary.MaxNs])
        {
            _ = text.Append((summary.Count > 0 ? LatencyText.Format(ns) : "-").PadLeft(9));
        }

        _ = text.Append("   ").AppendLine(remark);
    }
}
