using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Latmon.Testing;

/// <summary>
/// A client and a server in one thread, on a port of 127.0.0.1 that is theirs alone: real packets, one at a time. Every capture of
/// a test is filtered to such a port, because the machine is not the test's.
/// </summary>
public sealed class LoopbackConversation : IDisposable
{
    private readonly Socket _listener = NewSocket();
    private readonly Socket _client = NewSocket();
    private readonly byte[] _received = new byte[64 * 1024];
    private Socket? _server;

    public LoopbackConversation()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    public int ClientPort => ((IPEndPoint)_client.LocalEndPoint!).Port;

    public LoopbackConversation Connect()
    {
        _client.Connect(IPAddress.Loopback, Port);
        _server = _listener.Accept();
        _server.NoDelay = true;
        return this;
    }

    public void Say(string request, string response)
    {
        Pass(_client, _server!, request);
        Pass(_server!, _client, response);
    }

    /// <summary>Both ends, the client's first, so that the server hears of it.</summary>
    public void Close()
    {
        _client.Dispose();
        _server?.Dispose();
    }

    public void Dispose()
    {
        Close();
        _listener.Dispose();
    }

    private void Pass(Socket from, Socket to, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        _ = from.Send(bytes);
        for (int read = 0; read < bytes.Length;)
        {
            read += to.Receive(_received, 0, bytes.Length - read, SocketFlags.None);
        }
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
}
