using System.Collections.Immutable;
using System.Text.Json;

namespace Latmon.Pipeline.Traces;

/// <summary>
/// Reads what <see cref="TraceJson"/> writes. Fields that it does not know are passed over, fields that are missing are
/// unknown; what contradicts itself is refused, so that nothing after it has to doubt a number.
/// </summary>
public static class TraceJsonReader
{
    /// <summary>Of children in children; no real program nests deeper.</summary>
    private const int DeepestNesting = 24;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 4 * DeepestNesting };

    /// <param name="error">What is wrong with the line, without a full stop; empty when nothing is.</param>
    public static bool TryRead(ReadOnlyMemory<byte> line, out Trace trace, out string error)
    {
        trace = null!;
        error = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Options);
            JsonFields root = JsonFields.Of(document.RootElement, "the line");
            long schema = root.Number("schema") ?? TraceJson.Schema;
            if (schema != TraceJson.Schema)
            {
                throw new JsonFormException($"schema {schema} is not {TraceJson.Schema}, which this latmon reads");
            }

            trace = Read(root, depth: 0);
            return true;
        }
        catch (JsonFormException e)
        {
            error = e.Message;
        }
        catch (JsonException)
        {
            error = "it is not JSON";
        }

        return false;
    }

    private static Trace Read(JsonFields fields, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new JsonFormException("its children nest too deep");
        }

        string role = fields.RequiredText("role");
        JsonFields bytes = fields.Object("bytes");
        return new Trace
        {
            Id = fields.RequiredText("id"),
            TraceId = fields.Text("trace_id"),
            Role = role switch
            {
                "server" => Role.Server,
                "client" => Role.Client,
                _ => throw new JsonFormException($"role is \"{role}\", not server or client"),
            },
            Protocol = fields.RequiredText("protocol"),
            Name = fields.RequiredText("name"),
            StartUnixNs = fields.Moment("start_unix_ns"),
            DurationNs = fields.Duration("duration_ns") ?? throw new JsonFormException("duration_ns is missing"),
            DeliveredNs = fields.Duration("delivered_ns"),
            Process = Process(fields.Object("process")),
            Connection = Connection(fields.Object("connection")),
            Attributes = Attributes(fields.Object("attributes")),
            RequestBytes = bytes.Number("request") ?? 0,
            ResponseBytes = bytes.Number("response") ?? 0,
            Layers = [.. fields.Objects("layers").SelectMany(Layer)],
            Cpu = Cpu(fields.Object("cpu")),
            Tcp = Tcp(fields.Object("tcp")),
            Attribution = Attribution(fields.Object("attribution")),
            Spans = [.. fields.Objects("spans").Select(Span)],
            Children = [.. fields.Objects("children").Select(child => Read(child, depth + 1))],
            Complete = fields.Flag("complete") ?? true,
            Notes = [.. fields.Texts("notes")],
        };
    }

    private static TraceProcess Process(JsonFields fields) => new(
        (int)Math.Clamp(fields.Number("pid") ?? 0, 0, int.MaxValue),
        (int)Math.Clamp(fields.Number("tid") ?? 0, 0, int.MaxValue),
        fields.Text("comm") ?? "",
        fields.Text("container"));

    private static TraceConnection Connection(JsonFields fields) =>
        new(fields.Text("family") ?? "", fields.Text("local") ?? "", fields.Text("remote") ?? "");

    private static ImmutableArray<KeyValuePair<string, object>> Attributes(JsonFields fields) =>
        [.. fields.Values().Select(value => KeyValuePair.Create(value.Name, value.Value))];

    /// <summary>None for a layer of a later version: its time is then missing, not at a wrong place.</summary>
    private static IEnumerable<LayerTime> Layer(JsonFields fields)
    {
        Evidence evidence = fields.Text("evidence") switch
        {
            "measured" => Evidence.Measured,
            "inferred" => Evidence.Inferred,
            _ => Evidence.Unavailable,
        };
        long? durationNs = evidence == Evidence.Unavailable ? null : fields.Duration("duration_ns");
        return Layers.TryParse(fields.RequiredText("layer"), out Layer layer)
            ? [new LayerTime(layer, fields.Offset("offset_ns"), durationNs, fields.Duration("self_ns"), evidence)]
            : [];
    }

    private static CpuTime? Cpu(JsonFields fields) =>
        fields.Duration("on_cpu_ns") is { } on && fields.Duration("runnable_ns") is { } runnable && fields.Duration("blocked_ns") is { } blocked
            ? new CpuTime(on, runnable, blocked)
            : null;

    private static TcpState? Tcp(JsonFields fields) => fields.Number("retransmits") is { } retransmits
        ? new TcpState(
            (int)Math.Clamp(retransmits, 0, int.MaxValue),
            fields.Number("srtt_us") is { } srttUs ? (int)Math.Clamp(srttUs, 0, int.MaxValue) : null,
            fields.Duration("zero_window_ns"))
        {
            Resent = Range(fields, "retransmit_offsets_ns"),
            Shut = Range(fields, "zero_window_offsets_ns"),
        }
        : null;

    private static OffsetRange? Range(JsonFields fields, string name) => fields.Offsets(name) switch
    {
        null => null,
        [var from, var to] when from <= to => new OffsetRange(from, to),
        _ => throw new JsonFormException($"{name} is not a first and a last offset"),
    };

    private static Attribution Attribution(JsonFields fields) =>
        fields.Text("method") is { } method ? new Attribution(method, fields.Text("confidence") ?? "unknown") : Traces.Attribution.Root;

    private static Span Span(JsonFields fields) => new(
        fields.RequiredText("name"),
        fields.Text("source") ?? "",
        fields.Offset("offset_ns"),
        fields.Duration("duration_ns") ?? 0,
        fields.Text("text"));
}
