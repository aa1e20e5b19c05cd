using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Delays;

/// <summary>A request counts as read when the application has taken its bytes, not when it has looked at them.</summary>
public sealed class ReadingTests
{
    private const long DelayNs = 20_000_000;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void A_request_that_is_only_peeked_at_still_waits_in_the_socket()
    {
        TraceLine trace = Ask(connection =>
        {
            connection.Receive(new byte[1024], SocketFlags.Peek);
            Thread.Sleep(Delay);
        });
        Assert.InRange(trace.LayerNs("sock.wait"), DelayNs, trace.DurationNs);
    }

    [Fact]
    public void A_request_that_is_read_in_two_halves_waits_until_the_second()
    {
        TraceLine trace = Ask(connection =>
        {
            connection.Receive(new byte[20]);
            Thread.Sleep(Delay);
        });
        Assert.InRange(trace.LayerNs("sock.wait"), DelayNs, trace.DurationNs);
    }

    private static TraceLine Ask(Action<Socket> beforeRead)
    {
        using SocketServer server = SocketServer.Start(connection =>
        {
            beforeRead(connection);
            connection.Receive(new byte[1024]);
            connection.Send("HTTP/1.1 204 No Content\r\n\r\n"u8);
            connection.Receive(new byte[1]);
        });
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        connection.Ask(HttpText.Get("/read"));
        return latmon.Finish(1).Only;
    }
}
