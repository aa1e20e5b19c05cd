using System.Net;
using System.Net.Sockets;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// A server in the test process, on TCP or AF_UNIX: one thread accepts, one more per connection holds a conversation that the test
/// wrote. Plain blocking sockets, so that what happens when is visible in the conversation.
/// </summary>
public sealed class SocketServer : IDisposable
{
    private readonly Socket _listener;
    private readonly Action<Socket> _conversation;
    private readonly Action<Socket>? _beforeAccept;
    private volatile bool _stopping;

    private SocketServer(EndPoint address, Action<Socket> conversation, Action<Socket>? beforeAccept)
    {
        _conversation = conversation;
        _beforeAccept = beforeAccept;
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        if (address is IPEndPoint { Address.IsIPv4MappedToIPv6: true })
        {
            _listener.DualMode = true;
        }

        _listener.Bind(address);
        _listener.Listen(128);
        Address = address;
        new Thread(Accept) { IsBackground = true, Name = "accepting" }.Start();
    }

    public EndPoint Address { get; }

    public int Port => ((IPEndPoint)Address).Port;

    public static SocketServer Start(Action<Socket> conversation) =>
        Start(new IPEndPoint(IPAddress.Loopback, FreePort.Next()), conversation, beforeAccept: null);

    public static SocketServer Start(EndPoint address, Action<Socket> conversation, Action<Socket>? beforeAccept = null) =>
        new(address, conversation, beforeAccept);

    /// <summary>Gives up the listening socket; accepted connections live on.</summary>
    public void StopListening()
    {
        _stopping = true;
        _listener.Dispose();
    }

    public void Dispose() => StopListening();

    private void Accept()
    {
        try
        {
            while (!_stopping)
            {
                _beforeAccept?.Invoke(_listener);
                Socket accepted = _listener.Accept();
                if (Address is IPEndPoint)
                {
                    accepted.NoDelay = true;
                }

                new Thread(() => Converse(accepted)) { IsBackground = true, Name = "serving" }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test stopped listening.
        }
    }

    private void Converse(Socket accepted)
    {
        using (accepted)
        {
            try
            {
                _conversation(accepted);
            }
            catch (SocketException)
            {
                // The client went away; whether that is right is the test's business, on its own end.
            }
        }
    }
}
