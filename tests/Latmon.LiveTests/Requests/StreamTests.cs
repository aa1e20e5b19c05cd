using System.Net.Sockets;
using System.Text;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Requests;

/// <summary>Exchanges that stay open on purpose are told apart from slow ones: one trace, marked as a stream.</summary>
public sealed class StreamTests
{
    private const int Messages = 5;

    [Fact]
    public void An_upgraded_connection_is_one_stream_and_its_messages_are_no_requests()
    {
        using SocketServer server = SocketServer.Start(UpgradeAndEcho);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using (HttpConnection connection = HttpConnection.Open(server.Port))
        {
            Assert.Equal(101, connection.Ask(HttpText.Get("/socket", "Connection: Upgrade", "Upgrade: echo")).Status);
            byte[] echo = new byte[16];
            for (int i = 0; i < Messages; i++)
            {
                connection.Socket.Send("GET / HTTP/1.1\r\n"u8);
                Assert.Equal(16, connection.Socket.Receive(echo));
            }
        }

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal("GET /socket 101", trace.Summary);
        Assert.Contains("stream", trace.Notes);
    }

    [Fact]
    public void Server_sent_events_are_one_stream()
    {
        using SocketServer server = SocketServer.Start(SendEvents);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        HttpReply reply = connection.Ask(HttpText.Get("/events", "Accept: text/event-stream"));
        Assert.Contains("data: 5", reply.Body, StringComparison.Ordinal);
        connection.Dispose();

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal("GET /events 200", trace.Summary);
        Assert.Contains("stream", trace.Notes);
    }

    private static void UpgradeAndEcho(Socket connection)
    {
        new HttpRequestReader(connection).Read();
        connection.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"u8);
        byte[] buffer = new byte[1024];
        for (int received; (received = connection.Receive(buffer)) > 0;)
        {
            connection.Send(buffer.AsSpan(0, received));
        }
    }

    private static void SendEvents(Socket connection)
    {
        new HttpRequestReader(connection).Read();
        connection.Send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8);
        for (int i = 1; i <= Messages; i++)
        {
            string data = $"data: {i}\n\n";
            connection.Send(Encoding.ASCII.GetBytes($"{data.Length:x}\r\n{data}\r\n"));
            Thread.Sleep(20);
        }

        connection.Send("0\r\n\r\n"u8);
    }
}
