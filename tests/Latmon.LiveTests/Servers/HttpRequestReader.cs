using System.Net.Sockets;
using System.Text;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>Reads requests from a connection, head and body, and remembers when its last read was entered and left.</summary>
public sealed class HttpRequestReader(Socket connection)
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _filled;

    public long LastReadEntered { get; private set; }

    public long LastReadReturned { get; private set; }

    /// <summary>The path of the next request, or null at the end of the connection.</summary>
    public string? Read()
    {
        int headBytes;
        while ((headBytes = HttpText.HeadBytes(_buffer.AsSpan(0, _filled))) < 0)
        {
            if (!Fill())
            {
                return null;
            }
        }

        string head = Encoding.Latin1.GetString(_buffer, 0, headBytes);
        int wholeBytes = headBytes + (int)(HttpText.ContentLength(head) ?? 0);
        while (_filled < wholeBytes)
        {
            if (!Fill())
            {
                return null;
            }
        }

        _buffer.AsSpan(wholeBytes, _filled - wholeBytes).CopyTo(_buffer);
        _filled -= wholeBytes;
        return head.Split(' ', 3)[1];
    }

    private bool Fill()
    {
        LastReadEntered = Moment.Now;
        int received = connection.Receive(_buffer.AsSpan(_filled));
        LastReadReturned = Moment.Now;
        _filled += received;
        return received > 0;
    }
}
