using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Servers;

namespace Latmon.LiveTests.Delays;

/// <summary>
/// What the test's own two ends know about the length of a layer: never shorter and never longer than this. A layer
/// begins and ends inside system calls, so each bound pairs the entry of one call with the return of the other; what
/// lies between the bounds is the time of the calls themselves, including any time a thread waited for a core.
/// </summary>
public readonly record struct TimeBracket(long ShortestNs, long LongestNs)
{
    /// <summary>Request readable → read. A send on loopback puts the bytes into the receiver's socket before it returns.</summary>
    public static TimeBracket SocketWait(ClientMoments client, ServerMoments server) => new(
        server.LastReadEntered - client.LastSendReturned,
        server.LastReadReturned - client.LastSendEntered);

    /// <summary>Request read → first byte of the answer written. A read that blocked began before there was a request.</summary>
    public static TimeBracket Application(ClientMoments client, ServerMoments server) => new(
        server.FirstWriteEntered - server.LastReadReturned,
        server.FirstWriteReturned - Math.Max(server.LastReadEntered, client.LastSendEntered));

    /// <summary>First write → last write entered.</summary>
    public static TimeBracket ResponseWrite(ServerMoments server) => new(
        server.LastWriteEntered - server.FirstWriteReturned,
        server.LastWriteReturned - server.FirstWriteEntered);

    /// <summary>First byte of the request readable → last byte readable.</summary>
    public static TimeBracket Upload(ClientMoments client) => new(
        client.LastSendEntered - client.FirstSendReturned,
        client.LastSendReturned - client.FirstSendEntered);

    /// <summary>
    /// The only write entered → last byte handed to the device. The answer does not fit into both buffers, so its last
    /// byte cannot leave before the client begins to read, nor after the client has it.
    /// </summary>
    public static TimeBracket TcpSend(ClientMoments client, ServerMoments server) => new(
        client.ReadStarted - client.ReplySeen,
        client.LastByteReceived - server.LastWriteEntered);
}
