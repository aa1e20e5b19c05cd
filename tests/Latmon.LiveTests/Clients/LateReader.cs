using System.Net;
using Latmon.LiveTests.Servers;

namespace Latmon.LiveTests.Clients;

/// <summary>Both ends of an answer that cannot leave before the client reads: buffers of kilobytes, a body of megabytes.</summary>
public static class LateReader
{
    public static readonly DelayPlan Plan = new() { BodyBytes = 4_000_000, SendBufferBytes = 64 * 1024 };

    /// <summary>The receive buffer must be small before the handshake, where the window is scaled.</summary>
    public static HttpConnection Open(int port, int receiveBufferBytes = 16 * 1024) =>
        HttpConnection.Open(new IPEndPoint(IPAddress.Loopback, port), socket => socket.ReceiveBufferSize = receiveBufferBytes);
}
