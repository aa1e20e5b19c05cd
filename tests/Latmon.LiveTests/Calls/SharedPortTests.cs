using System.Net;
using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Calls;

public sealed class SharedPortTests
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    /// <summary>As a proxy's connections do that come and go, beside those that stay.</summary>
    [Fact]
    public void A_connection_that_ends_leaves_another_one_from_the_same_port_alone()
    {
        using ManualResetEventSlim ended = new();
        using SocketServer behind = SocketServer.Start(connection =>
        {
            _ = new HttpRequestReader(connection).Read();
            ended.Wait(Deadline.Usual);
            connection.Send(Answer);
        });
        using SocketServer other = SocketServer.Start(connection =>
        {
            _ = new HttpRequestReader(connection).Read();
            connection.Send(Answer);
            Assert.Equal(0, connection.Receive(new byte[1]));
            connection.Dispose();
        });
        using SocketServer app = SocketServer.Start(connection =>
        {
            int port = FreePort.Next();
            _ = new HttpRequestReader(connection).Read();
            using HttpConnection stays = From(port, behind.Port);
            stays.Send(HttpText.Get("/stays"));
            using (HttpConnection goes = From(port, other.Port))
            {
                Assert.Equal(200, goes.Ask(HttpText.Get("/goes")).Status);
                goes.Socket.Shutdown(SocketShutdown.Both);
            }

            ended.Set();
            Assert.Equal(200, stays.ReadReply().Status);
            connection.Send("HTTP/1.1 204 No Content\r\n\r\n"u8);
        });
        using LatmonTrace latmon = LatmonTrace.OfPort(app.Port);
        using HttpConnection client = HttpConnection.Open(app.Port);
        Assert.Equal(204, client.Ask(HttpText.Get("/")).Status);
        Assert.Equal(["GET /goes 200", "GET /stays 200"], latmon.Stop().Calls.Select(call => call.Summary).Order());
    }

    private static HttpConnection From(int port, int to) => HttpConnection.Open(new IPEndPoint(IPAddress.Loopback, to), socket =>
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
    });
}
