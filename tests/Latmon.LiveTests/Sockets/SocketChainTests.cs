using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Sockets;

/// <summary>
/// nginx → gunicorn → PostgreSQL, over the sockets that all three use by default on one host. What belongs together carries the
/// same name in its path and in its statement.
/// </summary>
public sealed class SocketChainTests : IDisposable
{
    private const int Requests = 2000;
    private const int Connections = 16;

    private readonly PostgresServer _database = PostgresServer.Start();
    private readonly GunicornServer _app;

    public SocketChainTests()
    {
        _app = GunicornServer.Start(_database);
        Deadline deadline = Deadline.In(Deadline.Usual);
        while (!Listens() && !deadline.Passed)
        {
            Thread.Yield();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_request_is_one_trace_down_to_the_database(bool keepsConnections)
    {
        using NginxProxy proxy = NginxProxy.ToSocket(_app.SocketPath, keepsConnections);
        PacedClients clients = new(proxy.Port, Connections, perSecond: 400);
        // Every thread of the application has its connection to the database before.
        clients.Run(400, Request, _ => 200);
        using LatmonTrace latmon = LatmonTrace.OfPort(proxy.Port);
        clients.Run(Requests, Request, _ => 200);
        TraceRun run = latmon.Stop();
        Assert.Equal(0, run.Count.Lost);
        Assert.Equal(Enumerable.Range(0, Requests).Select(Name).Order(), run.Traces.Select(trace => trace.UrlPath![3..]).Order());
        int whole = run.Traces.Count(IsWhole);
        Assert.Equal(0, run.Traces.Count(HasForeign));
        Assert.True(whole >= Requests * 0.995, $"{whole} of {Requests} are whole; one that is not: {run.Traces.FirstOrDefault(trace => !IsWhole(trace))}");
    }

    public void Dispose()
    {
        _app.Dispose();
        _database.Dispose();
    }

    private static string Name(int i) => $"n{i}";

    private static byte[] Request(int i) => HttpText.Get($"/q/{Name(i)}");

    private bool IsWhole(TraceLine root)
    {
        if (root.Children is not [{ Role: "client", Protocol: "http/1.1" } call] || call.Children is not [{ Role: "server", Comm: "gunicorn" or "python3" } app]
            || app.Children is not [{ Role: "client", Protocol: "postgresql" } query] || query.Children is not [{ Role: "server", Comm: "postgres" } backend])
        {
            return false;
        }

        if (call.Summary != root.Summary || app.Summary != root.Summary || backend.Name != query.Name)
        {
            return false;
        }

        Assert.Equal(_app.SocketPath, call.Remote);
        Assert.All([call, query, backend], end => Assert.All(end.Layers, layer => Assert.Equal("measured", layer.Evidence)));
        // On the first request of a connection accept() comes between, which not every kernel shows.
        Assert.All(app.Layers, layer => Assert.True(layer.Evidence == "measured" || layer.Layer is "accept.wait" or "sock.wait", app.Text));
        return true;
    }

    /// <summary>Something of another request is below it, as if it were certain or not.</summary>
    private static bool HasForeign(TraceLine root)
    {
        string name = root.UrlPath![3..];
        return root.WithCalls().Any(part =>
            (part.UrlPath is { Length: > 0 } path && path[3..] != name)
            || (part.Attributes.TryGetValue("db.query.text", out string? text) && text != $"SELECT ? AS {name}"));
    }

    private bool Listens()
    {
        try
        {
            HttpConnection.Open(new UnixDomainSocketEndPoint(_app.SocketPath)).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
