using System.Text.Json;

namespace Latmon.LiveTests.Product;

/// <summary>
/// One entry of <c>layers</c>. <see cref="DurationNs"/> is null when the layer could not be measured, <see cref="SelfNs"/> where it
/// holds no children.
/// </summary>
public sealed record LayerLine(string Layer, long OffsetNs, long? DurationNs, long? SelfNs, string Evidence)
{
    public static LayerLine Parse(JsonElement json) => new(
        json.GetProperty("layer").GetString()!,
        json.GetProperty("offset_ns").GetInt64(),
        json.GetProperty("duration_ns") is { ValueKind: JsonValueKind.Number } duration ? duration.GetInt64() : null,
        json.TryGetProperty("self_ns", out JsonElement self) && self.ValueKind == JsonValueKind.Number ? self.GetInt64() : null,
        json.GetProperty("evidence").GetString()!);
}
