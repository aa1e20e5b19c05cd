using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Connections;

/// <summary>A connection that one process accepts and another one, which got its descriptor, serves.</summary>
public sealed class HandedOverTests : IDisposable
{
    private const int Connections = 4;
    private const int Requests = 10;

    private readonly HandingServer _server = HandingServer.Start();

    /// <param name="byWorker">Only what the worker serves is asked for, instead of everything on the port.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Requests_belong_to_the_process_that_reads_them(bool byWorker)
    {
        using HttpConnection old = HttpConnection.Open(_server.Port);
        old.Ask(HttpText.Get("/before"));
        string worker = _server.WorkerPid.ToString(CultureInfo.InvariantCulture);
        using LatmonTrace latmon = byWorker ? LatmonTrace.OfPort(_server.Port, "--process", worker) : LatmonTrace.OfPort(_server.Port);
        HttpConnection[] connections = [old, .. Enumerable.Range(1, Connections - 1).Select(_ => HttpConnection.Open(_server.Port))];
        for (int i = 0; i < Requests; i++)
        {
            foreach (HttpConnection connection in connections)
            {
                connection.Ask(HttpText.Get("/item"));
            }
        }

        TraceRun run = latmon.Finish(Connections * Requests);
        Array.ForEach(connections, connection => connection.Dispose());
        Assert.All(run.Traces, request => Assert.Equal(
            ("server", "/item", _server.WorkerPid, "worker", true), (request.Role, request.UrlPath, request.Pid, request.Comm, request.Complete)));
    }

    /// <summary>Which ran how long in between is not known of two processes.</summary>
    [Fact]
    public void A_request_that_one_reads_and_another_answers_is_one_exchange()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_server.Port);
        for (int i = 0; i < Requests; i++)
        {
            using HttpConnection connection = HttpConnection.Open(_server.Port);
            connection.Ask(HttpText.Get("/read-in-front"));
        }

        TraceRun run = latmon.Finish(Requests);
        Assert.All(run.Traces, request => Assert.Equal(
            ("server", "/read-in-front", _server.Pid, true), (request.Role, request.UrlPath, request.Pid, request.Complete)));
        Assert.All(run.Traces, request => Assert.Null(request.Cpu));
    }

    public void Dispose() => _server.Dispose();
}
