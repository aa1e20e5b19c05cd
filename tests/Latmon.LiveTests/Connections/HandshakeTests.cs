using System.Net;
using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Connections;

/// <summary>First requests that take another way through the kernel than those of an established connection.</summary>
public sealed class HandshakeTests
{
    // From linux/tcp.h. On a client it holds back the last ACK of the handshake, so that it travels with the first data,
    // which is also what happens when that ACK is lost.
    private const int TcpDeferAccept = 9;

    [Fact]
    public void A_request_that_completes_the_handshake_is_seen_whole()
    {
        using NginxServer nginx = NginxServer.Start();
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        using HttpConnection connection = HttpConnection.Open(
            new IPEndPoint(IPAddress.Loopback, nginx.Port),
            socket => socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpDeferAccept, BitConverter.GetBytes(1)));
        byte[] request = HttpText.Get("/ok/with/the/handshake");
        connection.Ask(request);
        connection.Ask(HttpText.Get("/ok/next"));

        TraceRun run = latmon.Finish(2);
        Assert.Equal(["GET /ok/with/the/handshake 200", "GET /ok/next 200"], run.Summaries);
        Assert.Equal(request.Length, run.Traces[0].RequestBytes);
    }

    [Fact]
    public void An_IPv4_client_of_a_dual_stack_socket_is_IPv4()
    {
        // An IPv6 socket bound to the mapped address takes IPv4 connections, as servers that listen on [::] do.
        int port = Machine.FreePort.Next();
        using SocketServer server = SocketServer.Start(
            new IPEndPoint(IPAddress.Loopback.MapToIPv6(), port), AnswerOnce, beforeAccept: null);
        using LatmonTrace latmon = LatmonTrace.OfPort(port);
        using HttpConnection connection = HttpConnection.Open(port);
        connection.Ask(HttpText.Get("/mapped"));

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal("ipv4", trace.Family);
        Assert.Equal($"127.0.0.1:{port}", trace.Local);
        Assert.Equal(connection.LocalAddress, trace.Remote);
    }

    private static void AnswerOnce(Socket connection)
    {
        new HttpRequestReader(connection).Read();
        connection.Send("HTTP/1.1 204 No Content\r\n\r\n"u8);
    }
}
