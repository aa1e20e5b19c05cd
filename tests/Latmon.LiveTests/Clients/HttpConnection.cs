using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Clients;

/// <summary>
/// The client's end of one connection: sends exactly the bytes it is given and reads exactly one reply at a time,
/// on blocking sockets, remembering when.
/// </summary>
public sealed class HttpConnection : IDisposable
{
    private const int KeptBodyBytes = 4096;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly MemoryStream _body = new();
    private int _start;
    private int _end;
    private long _taken;
    private bool _sending;

    private HttpConnection(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public ClientMoments Moments { get; private set; } = new();

    /// <summary>As a trace prints it.</summary>
    public string LocalAddress => Socket.LocalEndPoint!.ToString()!;

    public static HttpConnection Open(int port) => Open(new IPEndPoint(IPAddress.Loopback, port));

    public static HttpConnection Open(EndPoint server) => Open(server, prepare: null);

    /// <param name="prepare">Settings that must be made before connecting, such as a small receive buffer.</param>
    public static HttpConnection Open(EndPoint server, Action<Socket>? prepare)
    {
        Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (server is IPEndPoint)
            {
                socket.NoDelay = true;
            }

            socket.ReceiveTimeout = (int)Deadline.Usual.TotalMilliseconds;
            prepare?.Invoke(socket);
            socket.Connect(server);
            return new HttpConnection(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One whole exchange.</summary>
    public HttpReply Ask(ReadOnlySpan<byte> request)
    {
        Send(request);
        return ReadReply(toHead: request.StartsWith("HEAD "u8));
    }

    /// <summary>Sends a request or a piece of one; the pieces up to the next reply are one request to <see cref="Moments"/>.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        long entered = Moment.Now;
        Socket.Send(bytes);
        long returned = Moment.Now;
        if (!_sending)
        {
            _sending = true;
            Moments = new ClientMoments { FirstSendEntered = entered, FirstSendReturned = returned };
        }

        Moments = Moments with { LastSendEntered = entered, LastSendReturned = returned };
    }

    /// <summary>Waits until the reply has begun to arrive, reading none of it.</summary>
    public void SeeReply()
    {
        Socket.Poll(Deadline.Usual, SelectMode.SelectRead);
        Moments = Moments with { ReplySeen = Moment.Now };
    }

    public HttpReply ReadReply(bool toHead = false)
    {
        _sending = false;
        _taken = 0;
        _body.SetLength(0);
        Moments = Moments with { ReadStarted = Moment.Now };
        string head = ReadThrough("\r\n\r\n"u8);
        int status = int.Parse(head.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        ReadBody(head, none: toHead || status is < 200 or 204 or 304);
        return new HttpReply(status, head, _taken, Encoding.Latin1.GetString(_body.GetBuffer(), 0, (int)_body.Length));
    }

    /// <summary>True when the other end closed and no byte was left.</summary>
    public bool IsAtEnd() => _start == _end && !Fill();

    public void Dispose() => Socket.Dispose();

    private void ReadBody(string head, bool none)
    {
        if (none)
        {
            return;
        }

        if (string.Equals(HttpText.Header(head, "Transfer-Encoding"), "chunked", StringComparison.OrdinalIgnoreCase))
        {
            ReadChunks();
        }
        else if (HttpText.ContentLength(head) is { } length)
        {
            Take(length);
        }
        else
        {
            while (_start < _end || Fill())
            {
                Take(_end - _start);
            }
        }
    }

    private void ReadChunks()
    {
        int length;
        do
        {
            length = int.Parse(ReadThrough("\r\n"u8).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            Take(length);
            ReadThrough("\r\n"u8);
        }
        while (length > 0);
    }

    private string ReadThrough(ReadOnlySpan<byte> end)
    {
        List<byte> text = [];
        while (!(text.Count >= end.Length && text[^end.Length..].ToArray().AsSpan().SequenceEqual(end)))
        {
            Require();
            text.Add(_buffer[_start++]);
            _taken++;
        }

        return Encoding.Latin1.GetString([.. text]);
    }

    private void Take(long length)
    {
        while (length > 0)
        {
            Require();
            int step = (int)Math.Min(length, _end - _start);
            _body.Write(_buffer, _start, (int)Math.Min(step, Math.Max(0, KeptBodyBytes - _body.Length)));
            _start += step;
            _taken += step;
            length -= step;
        }
    }

    private void Require()
    {
        if (_start == _end && !Fill())
        {
            throw new EndOfStreamException($"The server closed the connection after {_taken} bytes of a reply.");
        }
    }

    private bool Fill()
    {
        _start = 0;
        _end = Socket.Receive(_buffer);
        Moments = Moments with { LastByteReceived = Moment.Now };
        return _end > 0;
    }
}
