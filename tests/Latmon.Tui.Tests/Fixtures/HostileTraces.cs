using Latmon.Pipeline;
using Latmon.Pipeline.Traces;

namespace Latmon.Tui.Tests.Fixtures;

/// <summary>Traces that no pipeline makes but a file may hold: nothing sums, nothing fits, texts are bytes from anywhere.</summary>
internal static class HostileTraces
{
    private const long LongestNs = 10_000_000_000_000_000;

    public static Trace Next(Random random, int depth = 0) => new()
    {
        Id = random.Next(40).ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
        TraceId = random.Next(2) == 0 ? null : Text(random),
        Role = random.Next(2) == 0 ? Role.Server : Role.Client,
        Protocol = random.Next(3) switch { 0 => "postgresql", 1 => "http/1.1", _ => Text(random) },
        Name = random.Next(3) == 0 ? "GET /same" : Text(random),
        StartUnixNs = random.Next(2) == 0 ? RequestBuilder.StartUnixNs + random.Next() : random.NextInt64(4_000_000_000_000_000_000),
        DurationNs = Duration(random),
        DeliveredNs = random.Next(2) == 0 ? null : Duration(random),
        Process = new TraceProcess(random.Next(), random.Next(), Text(random), random.Next(2) == 0 ? null : Text(random)),
        Connection = new TraceConnection(Text(random), Text(random), Text(random)),
        Attributes =
        [
            new("url.path", Text(random)), new("http.response.status_code", random.NextInt64()), new("db.query.text", Text(random)),
            new("http.request.method", random.Next(2) == 0 ? Text(random) : 7L),
        ],
        RequestBytes = random.NextInt64(),
        ResponseBytes = random.NextInt64(),
        Layers = [.. Enumerable.Range(0, random.Next(12)).Select(_ => LayerOf(random))],
        Cpu = random.Next(2) == 0 ? null : new CpuTime(Duration(random), Duration(random), Duration(random)),
        Tcp = random.Next(2) == 0 ? null : new TcpState(random.Next(3), null, Duration(random)),
        Attribution = random.Next(2) == 0 ? Attribution.Root : new Attribution(Text(random), Text(random)),
        Spans = [.. Enumerable.Range(0, random.Next(6)).Select(_ => new Span(Text(random), Text(random), Offset(random), Duration(random), Text(random)))],
        Children = depth > 3 ? [] : [.. Enumerable.Range(0, random.Next(6)).Select(_ => Next(random, depth + 1))],
        Complete = random.Next(2) == 0,
        Notes = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random))],
    };

    private static LayerTime LayerOf(Random random) => new(
        (Layer)random.Next(Layers.Count),
        Offset(random),
        random.Next(4) == 0 ? null : Duration(random),
        random.Next(2) == 0 ? null : Duration(random),
        (Evidence)random.Next(3));

    private static long Duration(Random random) => random.Next(4) switch
    {
        0 => 0,
        1 => random.Next(1_000),
        2 => random.NextInt64(1_000_000_000),
        _ => random.NextInt64(LongestNs),
    };

    private static long Offset(Random random) => random.Next(2) == 0 ? random.Next(1_000_000) : random.NextInt64(-LongestNs, LongestNs);

    private static string Text(Random random) =>
        new([.. Enumerable.Range(0, random.Next(20)).Select(_ => (char)(random.Next(4) == 0 ? random.Next(0x10000) : random.Next(0x80)))]);
}
