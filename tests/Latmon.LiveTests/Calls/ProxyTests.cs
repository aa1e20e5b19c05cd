using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Calls;

/// <summary>nginx that asks another nginx: what its client's end says is what the other one's server's end says.</summary>
public sealed class ProxyTests : IDisposable
{
    private const int Requests = 2000;
    private const long ClockToleranceNs = 1_000_000;

    private static readonly (string Method, string Folder, int Status)[] Kinds =
        [("GET", "ok", 200), ("GET", "missing", 404), ("POST", "ok", 200), ("GET", "failing", 500), ("HEAD", "ok", 200)];

    private readonly NginxServer _behind = NginxServer.Start();
    private readonly NginxProxy _proxy;

    public ProxyTests() => _proxy = NginxProxy.To(_behind.Port);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_request_has_its_call(bool oldConnections)
    {
        PacedClients clients = new(_proxy.Port, connections: 16, perSecond: 2000);
        if (oldConnections)
        {
            clients.Run(200, Request, Status);
        }

        using LatmonTrace latmon = LatmonTrace.OfPort(_proxy.Port);
        clients.Run(Requests, Request, Status);
        TraceRun run = latmon.Stop();
        Assert.Equal(0, run.Count.Lost);
        Assert.Equal(Enumerable.Range(0, Requests).Select(Summary).Order(), run.Calls.Select(call => call.Summary).Order());
        Dictionary<string, TraceLine> asked = ByPath(run, _proxy.Port);
        Dictionary<string, TraceLine> answered = ByPath(run, _behind.Port);
        Assert.All(run.Calls, call => Check(call, asked[call.UrlPath!], answered[call.UrlPath!]));
    }

    [Theory]
    [InlineData("/files/small.txt")]
    [InlineData("/files/text.txt")]
    [InlineData("/files/big.bin")]
    public void A_call_has_all_bytes_of_its_answer(string path)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_proxy.Port);
        using HttpConnection connection = HttpConnection.Open(_proxy.Port);
        Assert.Equal(200, connection.Ask(HttpText.Get(path, "Accept-Encoding: gzip")).Status);
        TraceRun run = latmon.Stop();
        Check(Assert.Single(run.Calls), ByPath(run, _proxy.Port)[path], ByPath(run, _behind.Port)[path]);
    }

    [Fact]
    public void Calls_of_processes_that_serve_no_chosen_request_are_not_followed()
    {
        using NginxProxy other = NginxProxy.To(_behind.Port);
        using LatmonTrace latmon = LatmonTrace.OfPort(_proxy.Port);
        using HttpConnection toOther = HttpConnection.Open(other.Port);
        using HttpConnection connection = HttpConnection.Open(_proxy.Port);
        for (int i = 0; i < 7; i++)
        {
            toOther.Ask(HttpText.Get("/ok/other"));
            connection.Ask(HttpText.Get($"/ok/{i}"));
        }

        TraceRun run = latmon.Stop();
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"GET /ok/{i} 200"), run.Calls.Select(call => call.Summary).Order());
        Assert.All(run.Calls, call => Assert.Equal(_proxy.WorkerPid, call.Pid));
        Assert.Equal(7, run.Exchanges.Count(exchange => exchange.LocalPort == _proxy.Port));
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _behind.Dispose();
    }

    private static Dictionary<string, TraceLine> ByPath(TraceRun run, int port) => run.Exchanges
        .Where(exchange => exchange.Role == "server" && exchange.LocalPort == port)
        .ToDictionary(exchange => exchange.UrlPath!);

    private void Check(TraceLine call, TraceLine asked, TraceLine answered)
    {
        Assert.True(call.Complete && call.Notes.Count == 0, call.Text);
        Assert.Equal((_proxy.WorkerPid, answered.Local, answered.Remote), (call.Pid, call.Remote, call.Local));
        Assert.Equal((answered.Summary, answered.RequestBytes, answered.ResponseBytes), (call.Summary, call.RequestBytes, call.ResponseBytes));
        Assert.InRange(call.StartUnixNs, asked.StartUnixNs - ClockToleranceNs, call.EndUnixNs);
        Assert.InRange(call.EndUnixNs, answered.StartUnixNs, asked.EndUnixNs + ClockToleranceNs);
        Assert.All(call.Layers, layer => Assert.Equal("measured", layer.Evidence));
    }

    private static byte[] Request(int i)
    {
        (string method, string folder, _) = Kinds[i % Kinds.Length];
        return method == "POST" ? HttpText.Post($"/{folder}/{i}", 20) : HttpText.Request(method, $"/{folder}/{i}");
    }

    private static int Status(int i) => Kinds[i % Kinds.Length].Status;

    private static string Summary(int i) => $"{Kinds[i % Kinds.Length].Method} /{Kinds[i % Kinds.Length].Folder}/{i} {Status(i)}";
}
