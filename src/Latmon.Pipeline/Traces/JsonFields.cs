using System.Text.Json;

namespace Latmon.Pipeline.Traces;

/// <summary>The line is JSON but not what it should be; the message says in which field.</summary>
internal sealed class JsonFormException(string message) : Exception(message);

/// <summary>The fields of one JSON object, or of one that is not there and has none.</summary>
internal readonly struct JsonFields
{
    /// <summary>Four months: longer than any request, and sums of it stay far from overflow.</summary>
    private const long LongestNs = 10_000_000_000_000_000;

    /// <summary>The year 2096.</summary>
    private const long LatestUnixNs = 4_000_000_000_000_000_000;

    private readonly JsonElement? _object;

    private JsonFields(JsonElement? element) => _object = element;

    public static JsonFields Of(JsonElement element, string what) => element.ValueKind switch
    {
        JsonValueKind.Object => new JsonFields(element),
        JsonValueKind.Null => new JsonFields(null),
        _ => throw new JsonFormException($"{what} is not an object"),
    };

    public JsonFields Object(string name) => Find(name) is { } value ? Of(value, name) : default;

    public IEnumerable<JsonFields> Objects(string name) => Items(name).Select(item => Of(item, $"an item of {name}"));

    public IEnumerable<string> Texts(string name) => Items(name)
        .Select(item => item.ValueKind == JsonValueKind.String
            ? Decoded(item, name)
            : throw new JsonFormException($"{name} holds something else than text"));

    public string? Text(string name) => Find(name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } value => Decoded(value, name),
        _ => throw new JsonFormException($"{name} is not text"),
    };

    public string RequiredText(string name) => Text(name) ?? throw new JsonFormException($"{name} is missing");

    public bool? Flag(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        null or { ValueKind: JsonValueKind.Null } => null,
        _ => throw new JsonFormException($"{name} is not true or false"),
    };

    public long? Number(string name) => Find(name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out long number) => number,
        _ => throw new JsonFormException($"{name} is not a whole number"),
    };

    public long? Duration(string name) => InRange(name, Number(name), 0, LongestNs);

    public long Offset(string name) => InRange(name, Number(name), -LongestNs, LongestNs) ?? 0;

    /// <summary>Null where there is no such list.</summary>
    public long[]? Offsets(string name) => Find(name) is null or { ValueKind: JsonValueKind.Null }
        ? null
        : [.. Items(name).Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number)
            ? InRange(name, number, -LongestNs, LongestNs)!.Value
            : throw new JsonFormException($"{name} holds something else than whole numbers"))];

    public long Moment(string name) =>
        InRange(name, Number(name), 0, LatestUnixNs) ?? throw new JsonFormException($"{name} is missing");

    /// <summary>Texts, whole numbers and flags; others as their JSON text.</summary>
    public IEnumerable<(string Name, object Value)> Values()
    {
        if (_object is not { } fields)
        {
            yield break;
        }

        foreach (JsonProperty property in fields.EnumerateObject())
        {
            string name = NameOf(property);
            yield return (name, property.Value switch
            {
                { ValueKind: JsonValueKind.String } text => Decoded(text, name),
                { ValueKind: JsonValueKind.True } => true,
                { ValueKind: JsonValueKind.False } => false,
                { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out long whole) => whole,
                var other => Decoded(other.GetRawText, name),
            });
        }
    }

    private static string NameOf(JsonProperty property) => Decoded(() => property.Name, "the name of a field");

    private static string Decoded(JsonElement value, string name) => Decoded(() => value.GetString()!, name);

    private static string Decoded(Func<string> text, string what)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            throw new JsonFormException($"{what} is not valid text");
        }
    }

    private static long? InRange(string name, long? value, long least, long most) =>
        value is null || (value >= least && value <= most) ? value : throw new JsonFormException($"{name} is {value}, which no request has");

    private JsonElement.ArrayEnumerator Items(string name) => Find(name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => default,
        { ValueKind: JsonValueKind.Array } array => array.EnumerateArray(),
        _ => throw new JsonFormException($"{name} is not a list"),
    };

    private JsonElement? Find(string name) =>
        _object is { } fields && fields.TryGetProperty(name, out JsonElement value) ? value : null;
}
