using System.Text.Json;

namespace Latmon.LiveTests.Product;

/// <summary>What the handling thread did between read and write.</summary>
public sealed record CpuLine(long OnCpuNs, long RunnableNs, long BlockedNs)
{
    public static CpuLine? Parse(JsonElement json) => json.ValueKind == JsonValueKind.Null
        ? null
        : new CpuLine(
            json.GetProperty("on_cpu_ns").GetInt64(),
            json.GetProperty("runnable_ns").GetInt64(),
            json.GetProperty("blocked_ns").GetInt64());
}
