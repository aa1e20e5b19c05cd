using System.Globalization;
using System.Text.Json;

namespace Latmon.LiveTests.Product;

/// <summary>
/// One line of <c>latmon trace --format ndjson</c>, read strictly: a property that the schema promises and the line
/// lacks is an error here already.
/// </summary>
public sealed record TraceLine
{
    /// <summary>The line as printed, for messages and for searching in what must not be there.</summary>
    public required string Text { get; init; }

    public required int Schema { get; init; }

    public required string Id { get; init; }

    public required string? TraceId { get; init; }

    public required string Role { get; init; }

    public required string Protocol { get; init; }

    public required string Name { get; init; }

    public required long StartUnixNs { get; init; }

    public required long DurationNs { get; init; }

    public required long? DeliveredNs { get; init; }

    public required int Pid { get; init; }

    public required string Comm { get; init; }

    public required string? Container { get; init; }

    public required string Family { get; init; }

    public required string Local { get; init; }

    public required string Remote { get; init; }

    public required string? Method { get; init; }

    public required string? UrlPath { get; init; }

    public required int? Status { get; init; }

    /// <summary>All of them, as text.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    public required long RequestBytes { get; init; }

    public required long ResponseBytes { get; init; }

    public required IReadOnlyList<LayerLine> Layers { get; init; }

    public required CpuLine? Cpu { get; init; }

    public required bool Complete { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Method and confidence, with a blank between.</summary>
    public required string Attribution { get; init; }

    public required IReadOnlyList<SpanLine> Spans { get; init; }

    public required IReadOnlyList<TraceLine> Children { get; init; }

    /// <summary>In the order of <see cref="Spans"/>.</summary>
    public IEnumerable<string> SpanNames => Spans.Select(span => span.Name);

    public long EndUnixNs => StartUnixNs + DurationNs;

    public int LocalPort => int.Parse(Local.AsSpan(Local.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);

    /// <summary>0 for a layer that does not occur or was not measured.</summary>
    public long LayerNs(string layer) => Layers.FirstOrDefault(entry => entry.Layer == layer)?.DurationNs ?? 0;

    /// <summary>Method, path and status: what a request log would say.</summary>
    public string Summary => $"{Method} {UrlPath} {Status}";

    public override string ToString() => Text;

    /// <summary>This exchange and those below it.</summary>
    public IEnumerable<TraceLine> WithCalls() => Children.SelectMany(child => child.WithCalls()).Prepend(this);

    public static TraceLine Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return Read(document.RootElement, text);
    }

    private static TraceLine Read(JsonElement json, string text)
    {
        JsonElement process = json.GetProperty("process");
        JsonElement connection = json.GetProperty("connection");
        JsonElement attributes = json.GetProperty("attributes");
        JsonElement bytes = json.GetProperty("bytes");
        RequireLaterParts(json);
        return new TraceLine
        {
            Text = text,
            Schema = (int)(Number(json, "schema") ?? 0),
            Id = json.GetProperty("id").GetString()!,
            TraceId = json.GetProperty("trace_id").GetString(),
            Role = json.GetProperty("role").GetString()!,
            Protocol = json.GetProperty("protocol").GetString()!,
            Name = json.GetProperty("name").GetString()!,
            StartUnixNs = json.GetProperty("start_unix_ns").GetInt64(),
            DurationNs = json.GetProperty("duration_ns").GetInt64(),
            DeliveredNs = Number(json, "delivered_ns"),
            Pid = process.GetProperty("pid").GetInt32(),
            Comm = process.GetProperty("comm").GetString()!,
            Container = process.GetProperty("container").GetString(),
            Family = connection.GetProperty("family").GetString()!,
            Local = connection.GetProperty("local").GetString()!,
            Remote = connection.GetProperty("remote").GetString()!,
            Method = Word(attributes, "http.request.method"),
            UrlPath = Word(attributes, "url.path"),
            Status = (int?)Number(attributes, "http.response.status_code"),
            Attributes = attributes.EnumerateObject().ToDictionary(attribute => attribute.Name, attribute => attribute.Value.ToString()),
            RequestBytes = bytes.GetProperty("request").GetInt64(),
            ResponseBytes = bytes.GetProperty("response").GetInt64(),
            Layers = [.. json.GetProperty("layers").EnumerateArray().Select(LayerLine.Parse)],
            Cpu = CpuLine.Parse(json.GetProperty("cpu")),
            Complete = json.GetProperty("complete").GetBoolean(),
            Notes = [.. json.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!)],
            Attribution = $"{json.GetProperty("attribution").GetProperty("method").GetString()} {json.GetProperty("attribution").GetProperty("confidence").GetString()}",
            Spans = [.. json.GetProperty("spans").EnumerateArray().Select(SpanLine.Parse)],
            Children = [.. json.GetProperty("children").EnumerateArray().Select(child => Read(child, child.GetRawText()))],
        };
    }

    /// <summary>Properties of the schema that no test here reads, which must be there all the same.</summary>
    private static void RequireLaterParts(JsonElement json)
    {
        json.GetProperty("process").GetProperty("tid").GetInt32();
        json.GetProperty("tcp");
        json.GetProperty("delivered_ns");
    }

    private static string? Word(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static long? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
