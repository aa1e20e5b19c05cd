using System.Net;
using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Connections;

/// <summary>Clients that leave, connections that are reset, addresses that come back at once.</summary>
public sealed class BrokenConnectionTests
{
    [Fact]
    public void A_client_that_leaves_without_an_answer_leaves_an_incomplete_trace()
    {
        using DelayServer server = DelayServer.Start(new DelayPlan { Answers = false });
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        connection.Send(HttpText.Get("/never"));
        connection.Dispose();

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal("GET /never ", trace.Summary);
        Assert.False(trace.Complete);
    }

    [Fact]
    public void A_server_that_closes_without_an_answer_leaves_an_incomplete_trace()
    {
        using SocketServer server = SocketServer.Start(connection => new HttpRequestReader(connection).Read());
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        connection.Send(HttpText.Get("/refused"));
        Assert.True(connection.IsAtEnd());
        connection.Dispose();

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal("GET /refused ", trace.Summary);
        Assert.False(trace.Complete);
    }

    [Fact]
    public void A_client_that_closes_its_own_half_still_has_a_whole_exchange()
    {
        using DelayServer server = DelayServer.Start(new DelayPlan { BeforeAnswer = TimeSpan.FromMilliseconds(20) });
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        connection.Send(HttpText.Get("/half"));
        connection.Socket.Shutdown(SocketShutdown.Send);
        connection.ReadReply();

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal("GET /half 200", trace.Summary);
        Assert.True(trace.Complete, trace.Text);
        Assert.InRange(trace.LayerNs("app"), 20_000_000, trace.DurationNs);
    }

    [Fact]
    public void A_client_that_leaves_in_the_middle_of_the_answer_does_not_hide_the_next()
    {
        using NginxServer nginx = NginxServer.Start();
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        using (HttpConnection connection = LateReader.Open(nginx.Port))
        {
            connection.Send(HttpText.Get("/files/big.bin"));
            connection.SeeReply();
        }

        using HttpConnection next = HttpConnection.Open(nginx.Port);
        next.Ask(HttpText.Get("/ok/next"));
        TraceRun run = latmon.Finish(2);
        Assert.Equal(["GET /files/big.bin 200", "GET /ok/next 200"], run.Summaries.Order());
        Assert.False(run.Traces.Single(trace => trace.UrlPath == "/files/big.bin").Complete);
    }

    [Fact]
    public void Connections_without_a_request_are_no_requests()
    {
        using NginxServer nginx = NginxServer.Start();
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        for (int i = 0; i < 20; i++)
        {
            using HttpConnection empty = HttpConnection.Open(nginx.Port);
        }

        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        connection.Ask(HttpText.Get("/ok/only"));
        Assert.Equal("GET /ok/only 200", latmon.Finish(1).Only.Summary);
    }

    [Fact]
    public void An_address_that_comes_back_at_once_is_another_connection()
    {
        using NginxServer nginx = NginxServer.Start();
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        int clientPort = OpenAndReset(nginx.Port, 0, "/ok/first");
        Assert.Equal(clientPort, OpenAndReset(nginx.Port, clientPort, "/missing/second"));
        Assert.Equal(clientPort, OpenAndReset(nginx.Port, clientPort, "/failing/third"));

        TraceRun run = latmon.Finish(3).ByStart;
        Assert.Equal(["GET /ok/first 200", "GET /missing/second 404", "GET /failing/third 500"], run.Summaries);
        Assert.All(run.Traces, trace => Assert.Equal($"127.0.0.1:{clientPort}", trace.Remote));
    }

    [Fact]
    public void An_unanswered_request_is_not_answered_by_the_next_connection_from_the_same_address()
    {
        using SemaphoreSlim read = new(0);
        using SocketServer server = SocketServer.Start(connection =>
        {
            string? path = new HttpRequestReader(connection).Read();
            read.Release();
            if (path == "/answered")
            {
                connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
            }

            connection.Receive(new byte[1]);
        });
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        int clientPort;
        using (HttpConnection first = OpenFrom(0, server.Port))
        {
            first.Send(HttpText.Get("/abandoned"));
            Assert.True(read.Wait(Deadline.Usual, TestContext.Current.CancellationToken), "The server did not read the first request.");
            clientPort = ((IPEndPoint)first.Socket.LocalEndPoint!).Port;
            first.Socket.LingerState = new LingerOption(true, 0);
        }

        using HttpConnection second = OpenFrom(clientPort, server.Port);
        second.Ask(HttpText.Get("/answered"));
        TraceRun run = latmon.Finish(2);
        Assert.Equal("GET /answered 200", run.Traces.Single(trace => trace.Complete).Summary);
        Assert.Equal("/abandoned", run.Traces.Single(trace => !trace.Complete).UrlPath);
    }

    /// <summary>One exchange, ended by a reset so that the address is free again without TIME_WAIT; returns the client's port.</summary>
    private static int OpenAndReset(int port, int clientPort, string path)
    {
        using HttpConnection connection = OpenFrom(clientPort, port);
        connection.Ask(HttpText.Get(path));
        connection.Socket.LingerState = new LingerOption(true, 0);
        return ((IPEndPoint)connection.Socket.LocalEndPoint!).Port;
    }

    private static HttpConnection OpenFrom(int clientPort, int port) => HttpConnection.Open(
        new IPEndPoint(IPAddress.Loopback, port), socket => socket.Bind(new IPEndPoint(IPAddress.Loopback, clientPort)));
}
