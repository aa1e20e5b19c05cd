using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Connections;

/// <summary>No byte sequence on a traced socket ends latmon or spoils what comes after it.</summary>
public sealed class GarbageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_bytes_to_a_web_server_do_no_harm(int seed)
    {
        using NginxServer nginx = NginxServer.Start();
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        Random random = new(seed);
        for (int i = 0; i < 50; i++)
        {
            byte[] bytes = new byte[random.Next(1, 3000)];
            random.NextBytes(bytes);
            SendAndLeave(nginx.Port, bytes);
        }

        AsksRightly(latmon, nginx.Port);
    }

    [Theory]
    [InlineData("GET ")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\r\n\r\n\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\n\r\n")]
    [InlineData("POST /ok/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("POST /ok/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /ok/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzzzz\r\n")]
    [InlineData("POST /ok/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")]
    [InlineData("GET /ok/\u001b[31m\u0007 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /ok/\"\\\u00ff\u0001 HTTP/1.1\r\nHost: a\r\n\r\n")]
    public void A_malformed_request_does_no_harm(string request)
    {
        using NginxServer nginx = NginxServer.Start();
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        SendAndLeave(nginx.Port, System.Text.Encoding.Latin1.GetBytes(request));
        AsksRightly(latmon, nginx.Port);
    }

    [Fact]
    public void Random_bytes_as_answers_do_no_harm()
    {
        using SocketServer server = SocketServer.Start(AnswerWithGarbage);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        for (int i = 0; i < 20; i++)
        {
            using HttpConnection connection = HttpConnection.Open(server.Port);
            connection.Send(HttpText.Get($"/garbage/{i}"));
            connection.SeeReply();
        }

        TraceRun run = latmon.Finish(20);
        Assert.All(run.Traces, trace => Assert.Null(trace.Status));
    }

    private static void AsksRightly(LatmonTrace latmon, int port)
    {
        using HttpConnection connection = HttpConnection.Open(port);
        connection.Ask(HttpText.Get("/ok/right"));
        connection.Ask(HttpText.Get("/missing/right"));
        latmon.WaitUntil(traces => traces.Count(trace => trace.Remote == connection.LocalAddress) == 2);

        // Garbage may be reported, as long as every line keeps the rules, which Stop checks.
        IEnumerable<TraceLine> right = latmon.Stop().Traces.Where(trace => trace.Remote == connection.LocalAddress);
        Assert.Equal(["GET /ok/right 200", "GET /missing/right 404"], right.Select(trace => trace.Summary));
    }

    private static void SendAndLeave(int port, byte[] bytes)
    {
        using HttpConnection connection = HttpConnection.Open(port);
        try
        {
            connection.Send(bytes);
            connection.Socket.Shutdown(SocketShutdown.Send);
            byte[] answer = new byte[4096];
            while (connection.Socket.Receive(answer) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // How nginx gets rid of garbage is its own business.
        }
    }

    private static void AnswerWithGarbage(Socket connection)
    {
        string path = new HttpRequestReader(connection).Read()!;
        byte[] bytes = new byte[2000];
        new Random(HttpText.NumberAfter(path, "/garbage/")).NextBytes(bytes);
        connection.Send(bytes);
    }
}
