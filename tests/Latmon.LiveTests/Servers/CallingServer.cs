using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Xunit;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// An HTTP server in the test process that asks another one for each request, on a connection of its own for each of its
/// clients, and keeps the moments of its calls.
/// </summary>
public sealed class CallingServer : IDisposable
{
    private readonly EndPoint _upstream;
    private readonly TimeSpan _beforeReading;
    private readonly bool _saysGoodbye;
    private readonly SocketServer _server;
    private readonly BlockingCollection<ClientMoments> _calls = [];

    private CallingServer(EndPoint upstream, TimeSpan beforeReading, bool saysGoodbye)
    {
        _upstream = upstream;
        _beforeReading = beforeReading;
        _saysGoodbye = saysGoodbye;
        _server = SocketServer.Start(Serve);
    }

    public int Port => _server.Port;

    /// <param name="beforeReading">How long a reply lies in the socket before it is read.</param>
    /// <param name="saysGoodbye">It tells the other end that its first call is its last, before that is answered.</param>
    public static CallingServer Start(int upstream, TimeSpan beforeReading, bool saysGoodbye = false) =>
        new(new IPEndPoint(IPAddress.Loopback, upstream), beforeReading, saysGoodbye);

    public static CallingServer Start(EndPoint upstream, TimeSpan beforeReading) => new(upstream, beforeReading, saysGoodbye: false);

    public ClientMoments NextCall()
    {
        Assert.True(_calls.TryTake(out ClientMoments? moments, Deadline.Usual), "The server did not finish a call.");
        return moments;
    }

    public void Dispose() => _server.Dispose();

    private void Serve(Socket connection)
    {
        using HttpConnection upstream = HttpConnection.Open(_upstream);
        HttpRequestReader reader = new(connection);
        while (reader.Read() is { } path)
        {
            upstream.Send(HttpText.Get(path));
            if (_saysGoodbye)
            {
                upstream.Socket.Shutdown(SocketShutdown.Send);
            }

            upstream.SeeReply();
            if (_beforeReading > TimeSpan.Zero)
            {
                Thread.Sleep(_beforeReading);
            }

            _ = upstream.ReadReply();
            _calls.Add(upstream.Moments);
            connection.Send("HTTP/1.1 204 No Content\r\n\r\n"u8);
        }
    }
}
