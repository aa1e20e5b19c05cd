using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using static Latmon.Tui.Tests.Fixtures.RequestBuilder;

namespace Latmon.Tui.Tests.Fixtures;

/// <summary>Two minutes of a shop in which the process stops for 400 ms every ten seconds.</summary>
internal static class Traffic
{
    private const int Seconds = 120;

    /// <summary>As <see cref="Snapshots.Busy"/>, with its seconds.</summary>
    public static Snapshot Pausing(int step = 0)
    {
        ImmutableArray<Trace> traces = [.. Enumerable.Range(step, Seconds).SelectMany(RequestsOf)];
        Snapshot whole = TraceSnapshot.Of(traces);
        return Snapshots.Busy(step) with
        {
            Seconds = [.. whole.Seconds.Select(second => second with { Counts = [.. second.Counts.Select(count => count * 20)] })],
            Routes = whole.Routes,
            Services = whole.Services,
            Statements = whole.Statements,
            Slowest = [.. whole.Slowest.Take(50)],
            Latest = [.. whole.Latest.Take(50)],
            TakenUnixNs = whole.TakenUnixNs,
            Duration = whole.Duration,
        };
    }

    private static IEnumerable<Trace> RequestsOf(int second)
    {
        for (int i = 0; i < 5; i++)
        {
            yield return Usual($"i{second}-{i}", "/items", (1_800 + (second * 37 % 400) + (i * 90)) * Us)
                .Cpu(400 * Us, 20 * Us, (1_380 + (second * 37 % 400) + (i * 90)) * Us)
                .Started((second * 1_000 + (i * 190)) * Ms).Build();
        }

        yield return second % 10 == 7
            ? Shop(second, waitNs: 380 * Ms)
            : Shop(second, waitNs: 60 * Us);
    }

    private static Trace Shop(int second, long waitNs)
    {
        RequestBuilder request = new RequestBuilder($"s{second}", "/checkout")
            .Layer(Layer.NetIngress, 8 * Us)
            .Layer(Layer.TcpRx, 10 * Us)
            .Layer(Layer.SockWait, waitNs)
            .Layer(Layer.App, 22 * Ms, selfNs: 4 * Ms)
            .Layer(Layer.TcpTx, 15 * Us, Evidence.Inferred)
            .Cpu(3 * Ms, Ms, 18 * Ms)
            .Started((second * 1_000 + 300) * Ms);
        long fromNs = waitNs + Ms;
        for (int call = 0; call < 3; call++)
        {
            request.Query("SELECT price", fromNs + (call * 6 * Ms), 6 * Ms);
        }

        return request.Build();
    }
}
