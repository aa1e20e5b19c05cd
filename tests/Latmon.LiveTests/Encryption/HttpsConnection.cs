using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Encryption;

/// <summary>A client of one connection that asks one thing after the other.</summary>
public sealed class HttpsConnection : IDisposable
{
    private readonly SslStream _stream;
    private readonly byte[] _buffer = new byte[1 << 16];

    /// <param name="certificateFile">Of the server that is expected there.</param>
    public HttpsConnection(int port, string certificateFile, SslProtocols protocol)
    {
        using X509Certificate2 expected = X509CertificateLoader.LoadCertificateFromFile(certificateFile);
        byte[] hash = expected.GetCertHash();
        TcpClient client = new("127.0.0.1", port) { NoDelay = true };
        _stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false,
            (_, shown, _, _) => shown is not null && shown.GetCertHash().AsSpan().SequenceEqual(hash));
        _stream.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocol });
    }

    /// <summary>Sends a head and perhaps a body, and reads the whole answer. Returns when it was asked and when it was answered.</summary>
    public (long AskedUnixNs, long AnsweredUnixNs) Ask(string requestLine, string headers = "", int bodyBytes = 0)
    {
        long asked = Moment.UnixNow;
        string length = bodyBytes > 0 ? $"Content-Length: {bodyBytes}\r\n" : "";
        _stream.Write(Encoding.ASCII.GetBytes($"{requestLine} HTTP/1.1\r\nHost: localhost\r\n{headers}{length}\r\n"));
        if (bodyBytes > 0)
        {
            _stream.Write(new byte[bodyBytes]);
        }

        ReadAnswer();
        return (asked, Moment.UnixNow);
    }

    public void Dispose() => _stream.Dispose();

    private void ReadAnswer()
    {
        int read = 0;
        int head;
        while ((head = Encoding.ASCII.GetString(_buffer, 0, read).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            read += Read(_buffer.AsSpan(read));
        }

        string length = Encoding.ASCII.GetString(_buffer, 0, head).Split('\n').First(line => line.StartsWith("Content-Length:", StringComparison.Ordinal));
        long rest = head + 4 + long.Parse(length.AsSpan(length.IndexOf(':') + 1), CultureInfo.InvariantCulture) - read;
        while (rest > 0)
        {
            rest -= Read(_buffer);
        }
    }

    private int Read(Span<byte> into)
    {
        int count = _stream.Read(into);
        return count > 0 ? count : throw new EndOfStreamException();
    }
}
