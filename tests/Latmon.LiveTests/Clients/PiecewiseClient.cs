using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Clients;

/// <summary>
/// A client with time on its hands: sends a request in pieces, or looks at the reply only after a while. Its own truth
/// is in the <see cref="HttpConnection.Moments"/> of the connection.
/// </summary>
public sealed class PiecewiseClient(HttpConnection connection)
{
    /// <summary>Sends <paramref name="pieces"/> pieces of about the same size, with a pause between each two.</summary>
    public void Send(ReadOnlySpan<byte> request, int pieces, TimeSpan pause)
    {
        int size = (request.Length + pieces - 1) / pieces;
        for (int i = 0; i < pieces; i++)
        {
            if (i > 0)
            {
                Thread.Sleep(pause);
            }

            int from = i * size;
            connection.Send(request[from..Math.Min(from + size, request.Length)]);
        }
    }

    /// <summary>Leaves the reply in the socket for a while, then takes it all with a receive buffer that no longer limits.</summary>
    public HttpReply ReadLate(TimeSpan delay)
    {
        connection.SeeReply();
        Thread.Sleep(delay);
        connection.Socket.ReceiveBufferSize = 4 * 1024 * 1024;
        return connection.ReadReply();
    }

    /// <summary>Reads a reply in small steps with pauses; returns the nanoseconds that it paused.</summary>
    public long ReadSlowly(int bytes, int stepBytes, int every, TimeSpan pause)
    {
        long paused = 0;
        byte[] step = new byte[stepBytes];
        for (int taken = 0, steps = 1; taken < bytes; steps++)
        {
            int received = connection.Socket.Receive(step);
            if (received == 0)
            {
                throw new EndOfStreamException($"The server closed the connection after {taken} bytes.");
            }

            taken += received;
            if (steps % every == 0)
            {
                long before = Moment.Now;
                Thread.Sleep(pause);
                paused += Moment.Now - before;
            }
        }

        return paused;
    }
}
