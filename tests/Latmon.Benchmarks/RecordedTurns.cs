using System.Globalization;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Benchmarks;

/// <summary>
/// What a busy nginx makes the kernel hand over in one drain: a turn on each of 64 connections for each of 16 paths, with the heads
/// of a browser and of nginx. Played again and again, with later times and higher turn numbers.
/// </summary>
internal sealed class RecordedTurns
{
    public const int Connections = 64;
    public const int Paths = 16;
    public const int Count = Connections * Paths;

    /// <summary>Of the turns' own clock: what one drain covers at 1,000,000 turns a second.</summary>
    public const long DrainNs = 1_024_000;

    private static readonly string[] Names =
    [
        "/", "/index.html", "/assets/app.3f9c1d.js", "/assets/app.7d2e11.css", "/api/v1/items", "/api/v1/items/48213",
        "/api/v1/items/48213/reviews", "/api/v1/cart", "/api/v1/checkout", "/api/v1/users/5f0c1b2a9d3e4c718a6b0d2f/orders",
        "/images/products/large/4711.webp", "/login", "/logout", "/search", "/favicon.ico", "/healthz",
    ];

    private readonly PlayedRecords _played = new(DrainNs, static (ref TurnRecord turn, Span<byte> _, int _) => turn.Number += Paths);

    public RecordedTurns()
    {
        for (int path = 0; path < Paths; path++)
        {
            for (int connection = 0; connection < Connections; connection++)
            {
                TurnBuilder turn = new TurnBuilder((ulong)connection + 1, (uint)path + 1)
                    .Request(Request(Names[path])).Response(Response(path), more: path * 997).Whole()
                    .At(((path * Connections) + connection) % 500, appUs: 40 + (path * 7)).Flags(TurnNotes.Cpu);
                turn.Record.RemotePort = (ushort)(40000 + connection);
                turn.Record.OnCpuNs = 30_000;
                turn.Record.RunnableNs = 2_000;
                turn.Record.SrttUs = 41;
                _ = _played.Records.Add(turn);
            }
        }
    }

    public RecordBatch Next() => _played.Next();

    private static string Request(string path) =>
        $"GET {path}?session=1 HTTP/1.1\r\nHost: shop.example.com\r\nConnection: keep-alive\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
        + "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\n\r\n";

    private static string Response(int path) => string.Create(CultureInfo.InvariantCulture,
        $"HTTP/1.1 {(path == 13 ? 503 : 200)} OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 23 Nov 2025 12:00:00 GMT\r\n"
        + $"Content-Type: text/html; charset=utf-8\r\nContent-Length: {path * 997}\r\n"
        + $"Last-Modified: Sat, 22 Nov 2025 08:00:00 GMT\r\nConnection: keep-alive\r\nETag: \"6921a5b0-3e5\"\r\nAccept-Ranges: bytes\r\n\r\n");
}
