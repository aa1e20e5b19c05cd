using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Latmon.Demo;

/// <summary>The sample service's dependency: answers a line with a line, some only after a while.</summary>
internal sealed class SampleDatabase : IDisposable
{
    private const int ReadMs = 2;
    private const int LockMs = 35;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    private SampleDatabase() => _listener.Start();

    public static SampleDatabase Start()
    {
        SampleDatabase database = new();
        new Thread(database.Accept) { IsBackground = true, Name = "sample-db" }.Start();
        return database;
    }

    public Socket Connect()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(_listener.LocalEndpoint);
        return socket;
    }

    public static void Ask(Socket connection, string question, byte[] buffer)
    {
        _ = connection.Send(Encoding.ASCII.GetBytes(question + '\n'));
        _ = connection.Receive(buffer);
    }

    public void Dispose() => _listener.Stop();

    private void Accept()
    {
        while (true)
        {
            try
            {
                Socket connection = _listener.AcceptSocket();
                new Thread(() => Serve(connection)) { IsBackground = true, Name = "sample-db" }.Start();
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private static void Serve(Socket connection)
    {
        using Socket owned = connection;
        byte[] buffer = new byte[256];
        try
        {
            for (int length = owned.Receive(buffer); length > 0; length = owned.Receive(buffer))
            {
                Thread.Sleep(buffer[0] == (byte)'l' ? LockMs : ReadMs);
                _ = owned.Send("ok\n"u8);
            }
        }
        catch (SocketException)
        {
            // The service hung up.
        }
    }
}
