using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using static Latmon.Tui.Tests.Fixtures.RequestBuilder;

namespace Latmon.Tui.Tests.Fixtures;

/// <summary>Snapshots as the pipeline makes them, the same on every run.</summary>
internal static class Snapshots
{
    private const int Windows = 30;

    /// <summary>A shop whose checkout waits for its database, with a tail in the socket wait.</summary>
    /// <param name="step">Moves the figures, as time would.</param>
    public static Snapshot Busy(int step = 0) => new()
    {
        TakenUnixNs = StartUnixNs + (30_000 * Ms) + (step * 500 * Ms),
        Span = TimeSpan.FromSeconds(10),
        Duration = Summary(step, 53_200 * Us),
        Layers = [.. Enumerable.Range(0, Layers.Count).Select(index => Row((Layer)index, step))],
        RateHistory = [.. Enumerable.Range(0, Windows).Select(window => 300.0 + Wave(window + step, 40))],
        Services = [Group("nginx:80", step, 53_200 * Us, Layer.App), Group("postgres:5432", step + 3, 4_100 * Us, Layer.App)],
        Routes =
        [
            Group("GET /checkout", step, 91_000 * Us, Layer.App),
            Group("GET /items/{id}", step + 1, 2_400 * Us, Layer.SockWait),
        ],
        Statements = [Statement("SELECT item", 187_200, 1_400 * Us, 0, step), Statement("INSERT orders", 3_120, 8 * Ms, 12, step)],
        Slowest = Requests(),
        Latest = [.. Requests().OrderByDescending(trace => trace.StartUnixNs)],
        Counters = new PipelineCounters(120_000 + (step * 600), 0, 0, 0, 40_000 + (step * 150), 3, 0, 0, 17),
    };

    public static Snapshot Losing(long lost) => Busy(1) with
    {
        Counters = new PipelineCounters(120_600, lost, 2, 0, 40_150, 9, 1, 0, 17),
    };

    public static Snapshot With(params Trace[] traces) => Busy() with
    {
        Slowest = [.. traces],
        Latest = [.. traces],
        Statements = TraceSnapshot.Of(traces).Statements,
    };

    public static ImmutableArray<Trace> Requests() =>
    [
        Checkout("c1", 120 * Ms).Started(21_000 * Ms).Build(),
        Usual("s1", "/search", 80 * Ms).Cpu(2 * Ms, 70 * Ms, 8 * Ms).Started(24_000 * Ms).Build(),
        new RequestBuilder("q1", "/items/7").Layer(Layer.NetIngress, 8 * Us).Layer(Layer.TcpRx, 11 * Us)
            .Layer(Layer.SockWait, 48 * Ms).Layer(Layer.App, 2 * Ms).Layer(Layer.TcpTx, 14 * Us, Evidence.Inferred)
            .Started(28_000 * Ms).Build(),
        Usual("u1", "/upload", 20 * Ms).Method("POST").Status(502).Tcp(3, 81_000, 0).Started(29_000 * Ms)
            .Process("gunicorn", 5120).Build(),
        Usual("n1", "/orders", 12 * Ms).Status(404).Incomplete("2 events of this request were lost").Started(12_000 * Ms).Build(),
    ];

    /// <summary>Sixty small queries one after another: what the folded line is for.</summary>
    public static RequestBuilder Checkout(string id, long appNs)
    {
        RequestBuilder builder = new RequestBuilder(id, "/checkout")
            .Layer(Layer.NetIngress, 9 * Us)
            .Layer(Layer.TcpRx, 12 * Us)
            .Layer(Layer.AcceptWait, null, Evidence.Unavailable)
            .Layer(Layer.SockWait, 140 * Us)
            .Layer(Layer.App, appNs, selfNs: appNs / 10)
            .Layer(Layer.ResponseWrite, 90 * Us)
            .Layer(Layer.TcpTx, 13 * Us, Evidence.Inferred)
            .Layer(Layer.Unattributed, 2 * Us)
            .Cpu(appNs / 20, appNs / 40, appNs - (appNs / 20) - (appNs / 40))
            .Started(21_000 * Ms)
            .Delivered(40 * Ms)
            .Span("PQconnectPoll", 170 * Us, 5 * Ms, "libpq")
            .Query("INSERT orders", 100 * Ms, 8 * Ms);
        for (int query = 0; query < 60; query++)
        {
            builder.Query("SELECT item", (6 * Ms) + (query * 3 * Ms / 2), 1_400 * Us);
        }

        return builder;
    }

    private static LayerRow Row(Layer layer, int step) => layer switch
    {
        Layer.AcceptWait => new LayerRow(layer, 0, LatencySummary.None, 3_000, 0, []),
        Layer.RequestUpload => new LayerRow(layer, 0, LatencySummary.None, 0, 0, []),
        Layer.App => Row(layer, 0.83, 44_000 * Us, step, 0),
        Layer.SockWait => Row(layer, 0.141, 7_500 * Us, step + 2, 0),
        Layer.TcpTx => Row(layer, 0.002, 22 * Us, step, 3_000),
        Layer.NetEgress => Row(layer, 0, 204 * Us, step, 0),
        _ => Row(layer, 0.001, (8 + (int)layer) * Us, step, 0),
    };

    private static LayerRow Row(Layer layer, double share, long p50Ns, int step, long inferred)
    {
        ImmutableArray<long> history =
        [
            .. Enumerable.Range(0, Windows)
                .Select(window => window == 4 ? -1 : (p50Ns * 2) + Wave(window + step + (int)layer, p50Ns)),
        ];
        return new LayerRow(layer, share, Summary(step, p50Ns), 0, inferred, history);
    }

    private static LatencySummary Summary(int step, long p50Ns) => new(
        3_120,
        312 + Wave(step, 9),
        3_120 * p50Ns,
        p50Ns + Wave(step, p50Ns / 20),
        p50Ns * 13 / 10,
        (p50Ns * 2) + Wave(step, p50Ns / 8),
        p50Ns * 4);

    private static GroupRow Group(string key, int step, long p99Ns, Layer most)
    {
        LatencySummary summary = Summary(step, p99Ns / 2);
        ImmutableArray<long> totals =
        [
            .. Enumerable.Range(0, Layers.Count)
                .Select(layer => layer == (int)most ? summary.TotalNs * 9 / 10 : summary.TotalNs / 100),
        ];
        return new GroupRow(key, summary, key.Contains("checkout", StringComparison.Ordinal) ? 4 : 0, totals);
    }

    private static GroupRow Statement(string text, long count, long p50Ns, long errors, int step) => new(
        text,
        Summary(step, p50Ns) with { Count = count, PerSecond = count / 10.0, TotalNs = count * p50Ns },
        errors,
        [.. new long[Layers.Count]]);

    /// <summary>A deterministic unrest between minus and plus <paramref name="height"/>.</summary>
    private static long Wave(int at, long height) => (((at * 7) % 11) - 5) * height / 5;
}
