using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Latmon.Demo;

/// <summary>
/// A small HTTP service on a free port of 127.0.0.1: a few worker threads take connections one after another, and some routes
/// ask a database-like dependency first. Slow in known ways, so that the screen has something to show.
/// </summary>
internal sealed class SampleService : IDisposable
{
    private const int Workers = 5;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SampleDatabase _database = SampleDatabase.Start();
    private readonly CancellationTokenSource _end = new();

    private SampleService()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    public static SampleService Start()
    {
        SampleService service = new();
        for (int i = 0; i < Workers; i++)
        {
            new Thread(service.Work) { IsBackground = true, Name = "sample-worker" }.Start();
        }

        return service;
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        _database.Dispose();
    }

    private void Work()
    {
        byte[] buffer = new byte[4096];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using Socket connection = _listener.AcceptSocket();
                using Socket database = _database.Connect();
                Serve(connection, database, buffer);
            }
            catch (SocketException)
            {
                // A user hung up, or the listener was stopped: then the loop ends.
            }
            catch (InvalidOperationException)
            {
                return;
            }
        }
    }

    private static void Serve(Socket connection, Socket database, byte[] buffer)
    {
        for (int length = connection.Receive(buffer); length > 0; length = connection.Receive(buffer))
        {
            string line = Encoding.ASCII.GetString(buffer, 0, Math.Min(length, 128));
            string path = line.Split(' ') is [_, var target, ..] ? target : "/";
            string status = Answer(path, database, buffer);
            const string Body = "{\"ok\":true}\n";
            _ = connection.Send(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        }
    }

    /// <summary>What each route costs, in milliseconds, is what the screen should say.</summary>
    private static string Answer(string path, Socket database, byte[] buffer)
    {
        switch (path.Split('/')[1])
        {
            case "checkout":
                SampleDatabase.Ask(database, "lock", buffer);
                return "200 OK";
            case "items":
                SampleDatabase.Ask(database, "read", buffer);
                return "200 OK";
            case "search":
                Thread.SpinWait(400_000);
                return "200 OK";
            case "report":
                Thread.Sleep(80);
                return "503 Service Unavailable";
            default:
                return "200 OK";
        }
    }
}
