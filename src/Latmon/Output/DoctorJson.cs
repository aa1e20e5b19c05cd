using System.Buffers;
using System.Text.Json;
using Latmon.Capture;
using Latmon.Capture.Probes;
using Latmon.Pipeline;

namespace Latmon.Output;

/// <summary>The report of <c>latmon doctor</c> as one JSON object.</summary>
internal static class DoctorJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Of(KernelReport report)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteBoolean("works", report.Failure is null);
            WriteMachine(json, report);
            WriteHooks(json, report);
            WriteLayers(json, report);
            WriteProbes(json, report);
            WriteFindings(json, report);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMachine(Utf8JsonWriter json, KernelReport report)
    {
        json.WriteString("kernel", report.Release);
        json.WriteString("lockdown", report.Lockdown);
        json.WriteString("preemption", report.Preemption.Length > 0 ? report.Preemption : null);
        WriteTexts(json, "capabilities", report.Capabilities.Held);
        json.WriteBoolean("type_information", report.HasTypeInformation);
        json.WriteBoolean("compiled", report.IsCompiled);
        json.WriteString("build", report.Build);
        WriteTexts(json, "refused_builds", report.RefusedBuilds);
        json.WriteNumber("ring_bytes", report.RingBytes);
        json.WriteBoolean("receive_stamps", report.HasReceiveStamps);
        json.WriteString("clock_source", report.ClockSource);
    }

    private static void WriteHooks(Utf8JsonWriter json, KernelReport report)
    {
        json.WriteStartArray("boundaries");
        foreach (HookChoice choice in report.Hooks)
        {
            json.WriteStartObject();
            json.WriteString("seen_when", choice.Boundary.Title);
            json.WriteBoolean("seen", !choice.IsMissed);
            json.WriteString("hook", choice.Hook?.ToString());
            json.WriteNumber("stand_ins", choice.StandIns.Length);
            json.WriteString("reason", choice.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLayers(Utf8JsonWriter json, KernelReport report)
    {
        json.WriteStartArray("layers");
        foreach (LayerAvailability layer in report.Hooks.IsEmpty ? [] : report.Layers)
        {
            json.WriteStartObject();
            json.WriteString("layer", layer.Layer.Id());
            json.WriteString("evidence", layer.Evidence == Evidence.Measured ? "measured" : "unavailable");
            json.WriteString("reason", layer.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteProbes(Utf8JsonWriter json, KernelReport report)
    {
        json.WriteStartArray("probes");
        foreach (ProbeReport probe in report.Probes)
        {
            json.WriteStartObject();
            json.WriteString("name", probe.Name);
            json.WriteBoolean("on", probe.IsEnabled);
            json.WriteString("file", probe.File.Length > 0 ? probe.File : null);
            json.WriteNumber("spans", probe.Spans);
            json.WriteNumber("found", probe.Found);
            WriteTexts(json, "remarks", probe.Remarks);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTexts(json, "probe_problems", report.ProbeProblems);
    }

    private static void WriteFindings(Utf8JsonWriter json, KernelReport report)
    {
        json.WriteStartArray("problems");
        foreach (DoctorFinding finding in DoctorFinding.In(report))
        {
            json.WriteStartObject();
            json.WriteString("problem", finding.Problem);
            json.WriteString("next_step", finding.NextStep);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
