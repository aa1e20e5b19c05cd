using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Latmon.Demo;

/// <summary>The sample service's users: more of them than it has workers, so that some wait in its queue.</summary>
internal sealed class SampleUsers : IDisposable
{
    private const int Count = 6;
    private const int RequestsPerConnection = 4;
    private const int ThinkMs = 15;

    private static readonly string[] Paths =
        ["/items/17", "/items/4", "/", "/items/99", "/search?q=shoes", "/items/8", "/checkout", "/", "/items/3", "/report"];

    private readonly CancellationTokenSource _end = new();

    public static SampleUsers Start(int port)
    {
        SampleUsers users = new();
        for (int i = 0; i < Count; i++)
        {
            int first = i;
            new Thread(() => users.Browse(port, first)) { IsBackground = true, Name = "sample-user" }.Start();
        }

        return users;
    }

    public void Dispose() => _end.Cancel();

    private void Browse(int port, int next)
    {
        byte[] buffer = new byte[4096];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using Socket connection = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                connection.Connect(IPAddress.Loopback, port);
                for (int i = 0; i < RequestsPerConnection; i++)
                {
                    string path = Paths[next++ % Paths.Length];
                    _ = connection.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: sample\r\n\r\n"));
                    _ = connection.Receive(buffer);
                    Thread.Sleep(ThinkMs);
                }
            }
            catch (SocketException)
            {
                // The service was stopped.
            }
        }
    }
}
