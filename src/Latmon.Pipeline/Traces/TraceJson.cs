using System.Buffers;
using System.Text.Json;

namespace Latmon.Pipeline.Traces;

/// <summary>
/// One trace as one JSON object, schema 1. Field names and their order are a contract with whoever reads the lines; unknown is
/// null, never 0.
/// </summary>
public sealed class TraceJson : IDisposable
{
    public const int Schema = 1;

    private readonly ArrayBufferWriter<byte> _buffer = new(2048);
    private readonly Utf8JsonWriter _json;

    public TraceJson()
    {
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });
    }

    /// <summary>UTF-8 with a line feed at the end; lent until the next call.</summary>
    public ReadOnlyMemory<byte> Line(Trace trace)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        WriteTrace(trace, isRoot: true);
        _json.Flush();
        _buffer.GetSpan(1)[0] = (byte)'\n';
        _buffer.Advance(1);
        return _buffer.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    private void WriteTrace(Trace trace, bool isRoot)
    {
        _json.WriteStartObject();
        if (isRoot)
        {
            _json.WriteNumber("schema"u8, Schema);
        }

        _json.WriteString("id"u8, trace.Id);
        _json.WriteString("trace_id"u8, trace.TraceId);
        _json.WriteString("role"u8, trace.Role == Role.Server ? "server"u8 : "client"u8);
        _json.WriteString("protocol"u8, trace.Protocol);
        _json.WriteString("name"u8, trace.Name);
        _json.WriteNumber("start_unix_ns"u8, trace.StartUnixNs);
        _json.WriteNumber("duration_ns"u8, trace.DurationNs);
        WriteNumber("delivered_ns"u8, trace.DeliveredNs);
        WriteProcess(trace.Process);
        WriteConnection(trace.Connection);
        WriteAttributes(trace);
        WriteBytes(trace);
        WriteLayers(trace);
        WriteCpu(trace.Cpu);
        WriteTcp(trace.Tcp);
        WriteAttribution(trace.Attribution);
        WriteSpans(trace);
        WriteChildren(trace);
        _json.WriteBoolean("complete"u8, trace.Complete);
        WriteNotes(trace);
        _json.WriteEndObject();
    }

    private void WriteProcess(in TraceProcess process)
    {
        _json.WriteStartObject("process"u8);
        _json.WriteNumber("pid"u8, process.Pid);
        _json.WriteNumber("tid"u8, process.Tid);
        _json.WriteString("comm"u8, process.Comm);
        _json.WriteString("container"u8, process.Container);
        _json.WriteEndObject();
    }

    private void WriteConnection(in TraceConnection connection)
    {
        _json.WriteStartObject("connection"u8);
        _json.WriteString("family"u8, connection.Family);
        _json.WriteString("local"u8, connection.Local);
        _json.WriteString("remote"u8, connection.Remote);
        _json.WriteEndObject();
    }

    private void WriteAttributes(Trace trace)
    {
        _json.WriteStartObject("attributes"u8);
        foreach ((string name, object value) in trace.Attributes)
        {
            switch (value)
            {
                case long number:
                    _json.WriteNumber(name, number);
                    break;
                case bool flag:
                    _json.WriteBoolean(name, flag);
                    break;
                default:
                    _json.WriteString(name, value.ToString());
                    break;
            }
        }

        _json.WriteEndObject();
    }

    private void WriteBytes(Trace trace)
    {
        _json.WriteStartObject("bytes"u8);
        _json.WriteNumber("request"u8, trace.RequestBytes);
        _json.WriteNumber("response"u8, trace.ResponseBytes);
        _json.WriteEndObject();
    }

    private void WriteLayers(Trace trace)
    {
        _json.WriteStartArray("layers"u8);
        foreach (LayerTime layer in trace.Layers)
        {
            _json.WriteStartObject();
            _json.WriteString("layer"u8, layer.Layer.Id());
            _json.WriteNumber("offset_ns"u8, layer.OffsetNs);
            WriteNumber("duration_ns"u8, layer.DurationNs);
            if (layer.SelfNs is { } selfNs)
            {
                _json.WriteNumber("self_ns"u8, selfNs);
            }

            _json.WriteString("evidence"u8, EvidenceText(layer.Evidence));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteCpu(CpuTime? cpu)
    {
        if (cpu is not { } time)
        {
            _json.WriteNull("cpu"u8);
            return;
        }

        _json.WriteStartObject("cpu"u8);
        _json.WriteNumber("on_cpu_ns"u8, time.OnCpuNs);
        _json.WriteNumber("runnable_ns"u8, time.RunnableNs);
        _json.WriteNumber("blocked_ns"u8, time.BlockedNs);
        _json.WriteEndObject();
    }

    private void WriteTcp(TcpState? tcp)
    {
        if (tcp is not { } state)
        {
            _json.WriteNull("tcp"u8);
            return;
        }

        _json.WriteStartObject("tcp"u8);
        _json.WriteNumber("retransmits"u8, state.Retransmits);
        WriteNumber("srtt_us"u8, state.SmoothedRttUs);
        WriteNumber("zero_window_ns"u8, state.ZeroWindowNs);
        WriteRange("retransmit_offsets_ns"u8, state.Resent);
        WriteRange("zero_window_offsets_ns"u8, state.Shut);
        _json.WriteEndObject();
    }

    /// <summary>Only where there is one: nearly every request has none.</summary>
    private void WriteRange(ReadOnlySpan<byte> name, OffsetRange? range)
    {
        if (range is { } known)
        {
            _json.WriteStartArray(name);
            _json.WriteNumberValue(known.FromNs);
            _json.WriteNumberValue(known.ToNs);
            _json.WriteEndArray();
        }
    }

    private void WriteAttribution(in Attribution attribution)
    {
        _json.WriteStartObject("attribution"u8);
        _json.WriteString("method"u8, attribution.Method);
        _json.WriteString("confidence"u8, attribution.Confidence);
        _json.WriteEndObject();
    }

    private void WriteSpans(Trace trace)
    {
        _json.WriteStartArray("spans"u8);
        foreach (Span span in trace.Spans)
        {
            _json.WriteStartObject();
            _json.WriteString("name"u8, span.Name);
            _json.WriteString("source"u8, span.Source);
            _json.WriteNumber("offset_ns"u8, span.OffsetNs);
            _json.WriteNumber("duration_ns"u8, span.DurationNs);
            _json.WriteString("text"u8, span.Text);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteChildren(Trace trace)
    {
        _json.WriteStartArray("children"u8);
        foreach (Trace child in trace.Children)
        {
            WriteTrace(child, isRoot: false);
        }

        _json.WriteEndArray();
    }

    private void WriteNotes(Trace trace)
    {
        _json.WriteStartArray("notes"u8);
        foreach (string note in trace.Notes)
        {
            _json.WriteStringValue(note);
        }

        _json.WriteEndArray();
    }

    private void WriteNumber(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(name, number);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    internal static ReadOnlySpan<byte> EvidenceText(Evidence evidence) => evidence switch
    {
        Evidence.Measured => "measured"u8,
        Evidence.Inferred => "inferred"u8,
        _ => "unavailable"u8,
    };
}
