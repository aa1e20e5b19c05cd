using System.Text.Json;

namespace Latmon.LiveTests.Product;

/// <summary>One entry of <c>spans</c>.</summary>
public sealed record SpanLine(string Name, long OffsetNs, long DurationNs)
{
    public static SpanLine Parse(JsonElement json) => new(
        json.GetProperty("name").GetString()!, json.GetProperty("offset_ns").GetInt64(), json.GetProperty("duration_ns").GetInt64());
}
