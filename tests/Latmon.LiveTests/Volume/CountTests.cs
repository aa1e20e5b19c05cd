using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Volume;

public sealed class CountTests
{
    private const int Requests = 100_000;
    private const int PerSecond = 2_000;
    private const int Connections = 16;

    private static readonly (string Method, string Folder, int Status)[] Kinds =
    [
        ("GET", "ok", 200), ("GET", "missing", 404), ("POST", "ok", 200), ("GET", "failing", 500), ("HEAD", "ok", 200),
    ];

    [Fact]
    public void All_of_100000_requests_at_2000_a_second_come_with_method_path_and_status()
    {
        using NginxServer nginx = NginxServer.Start();
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        new PacedClients(nginx.Port, Connections, PerSecond).Run(Requests, Request, i => Kinds[i % Kinds.Length].Status);

        TraceRun run = latmon.Finish(Requests);
        Assert.Equal(Enumerable.Range(0, Requests).Select(Summary).Order(), run.Summaries.Order());
        Assert.All(run.Traces, trace => Assert.True(trace.Complete, trace.Text));
        Assert.Equal(Requests, nginx.CountRequests());
    }

    private static byte[] Request(int i)
    {
        (string method, string folder, _) = Kinds[i % Kinds.Length];
        return method == "POST" ? HttpText.Post($"/{folder}/{i}", 20) : HttpText.Request(method, $"/{folder}/{i}");
    }

    private static string Summary(int i)
    {
        (string method, string folder, int status) = Kinds[i % Kinds.Length];
        return $"{method} /{folder}/{i} {status}";
    }
}
