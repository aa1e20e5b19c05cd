using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Tests.Traces;

/// <summary>Traces that use every field of the schema.</summary>
internal static class TraceSamples
{
    public const long StartUnixNs = 1_763_899_200_000_000_000;

    /// <summary>A request with a database call that has a span of its own.</summary>
    public static Trace Nested() => Request("r1", "GET /checkout", StartUnixNs, 53_000_000) with
    {
        TraceId = "0af7651916cd43dd8448eb211c80319c",
        DeliveredNs = 204_000,
        Process = new TraceProcess(411, 412, "nginx", "3f4e"),
        Layers =
        [
            new LayerTime(Layer.NetIngress, 0, 9_000, null, Evidence.Measured),
            new LayerTime(Layer.AcceptWait, 9_000, null, null, Evidence.Unavailable),
            new LayerTime(Layer.App, 9_000, 52_000_000, 2_000_000, Evidence.Measured),
            new LayerTime(Layer.TcpTx, 52_009_000, 991_000, null, Evidence.Inferred),
        ],
        Cpu = new CpuTime(400_000, 20_000, 51_000_000),
        Tcp = new TcpState(2, 41, 3_000)
        {
            Resent = new OffsetRange(53_010_000, 53_204_000),
            Shut = new OffsetRange(52_500_000, 52_503_000),
        },
        Children =
        [
            Request("c1", "SELECT t", StartUnixNs + 100_000, 50_000_000) with
            {
                Role = Role.Client,
                Protocol = "postgresql",
                Attributes = [new("db.query.text", "select * from t where id = ?")],
                Attribution = new Attribution("thread", "likely"),
                Spans = [new Span("lock wait", "usdt:postgresql", 7, 40_000_000, null)],
                Complete = false,
                Notes = ["events lost"],
            },
        ],
        Spans = [new Span("PQexec", "uprobe:libpq", 90_000, 50_100_000, "select * from t where id = ?")],
    };

    public static Trace Request(string id, string name, long startUnixNs, long durationNs) => new()
    {
        Id = id,
        Role = Role.Server,
        Protocol = "http/1.1",
        Name = name,
        StartUnixNs = startUnixNs,
        DurationNs = durationNs,
        Process = new TraceProcess(411, 411, "nginx", null),
        Connection = new TraceConnection("ipv4", "127.0.0.1:80", "10.0.0.7:40022"),
        Attributes =
        [
            new("http.request.method", "GET"), new("url.path", "/checkout?"), new("http.response.status_code", 503L), new("cached", true),
        ],
        RequestBytes = 79,
        ResponseBytes = 240,
        Layers = [new LayerTime(Layer.App, 0, durationNs, durationNs, Evidence.Measured)],
    };
}
