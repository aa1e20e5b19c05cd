using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Xunit;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// An HTTP server that waits at a place of the test's choice and keeps the moments at which it really did things: the
/// truth with which latmon's layers are compared. A path <c>/wait/35</c> waits 35 ms before that answer.
/// </summary>
public sealed class DelayServer : IDisposable
{
    private const string WaitPath = "/wait/";

    private readonly DelayPlan _plan;
    private readonly SocketServer _server;
    private readonly BlockingCollection<ServerMoments> _finished = [];

    private DelayServer(EndPoint address, DelayPlan plan)
    {
        _plan = plan;
        _server = SocketServer.Start(address, Serve, plan.BeforeAccept > TimeSpan.Zero ? WaitBeforeAccept : null);
    }

    public int Port => _server.Port;

    public EndPoint Address => _server.Address;

    public static DelayServer Start(DelayPlan plan) => new(new IPEndPoint(IPAddress.Loopback, FreePort.Next()), plan);

    public static DelayServer Start(IPAddress address, int port, DelayPlan plan) => new(new IPEndPoint(address, port), plan);

    public static DelayServer Start(EndPoint address, DelayPlan plan) => new(address, plan);

    /// <summary>The next finished exchange, in the order in which the answers were written.</summary>
    public ServerMoments Next()
    {
        Assert.True(_finished.TryTake(out ServerMoments? moments, Deadline.Usual), "The server did not finish an answer.");
        return moments;
    }

    public void StopListening() => _server.StopListening();

    public void Dispose()
    {
        // The collection is left to the collector: a connection thread may still be adding its last exchange.
        _server.Dispose();
    }

    private void WaitBeforeAccept(Socket listener)
    {
        listener.Poll(-1, SelectMode.SelectRead);
        Thread.Sleep(_plan.BeforeAccept);
    }

    private void Serve(Socket connection)
    {
        if (_plan.SendBufferBytes is { } bytes)
        {
            connection.SendBufferSize = bytes;
        }

        HttpRequestReader reader = new(connection);
        while (true)
        {
            if (_plan.BeforeRead > TimeSpan.Zero)
            {
                connection.Poll(-1, SelectMode.SelectRead);
                Thread.Sleep(_plan.BeforeRead);
            }

            if (reader.Read() is not { } path)
            {
                return;
            }

            if (_plan.Answers)
            {
                Answer(connection, reader, path);
            }
        }
    }

    private void Answer(Socket connection, HttpRequestReader reader, string path)
    {
        TimeSpan pause = path.StartsWith(WaitPath, StringComparison.Ordinal)
            ? TimeSpan.FromMilliseconds(HttpText.NumberAfter(path, WaitPath))
            : _plan.BeforeAnswer;
        if (pause > TimeSpan.Zero)
        {
            Thread.Sleep(pause);
        }

        byte[] answer = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Length: {_plan.BodyBytes}\r\n\r\n{new string('.', _plan.BodyBytes)}");
        int first = _plan.InTheBody > TimeSpan.Zero ? answer.Length - (_plan.BodyBytes / 2) : answer.Length;
        long firstEntered = Moment.Now;
        connection.Send(answer.AsSpan(0, first));
        long firstReturned = Moment.Now;
        (long lastEntered, long lastReturned) = (firstEntered, firstReturned);
        if (first < answer.Length)
        {
            Thread.Sleep(_plan.InTheBody);
            lastEntered = Moment.Now;
            connection.Send(answer.AsSpan(first));
            lastReturned = Moment.Now;
        }

        _finished.Add(new ServerMoments
        {
            Path = path,
            LastReadEntered = reader.LastReadEntered,
            LastReadReturned = reader.LastReadReturned,
            FirstWriteEntered = firstEntered,
            FirstWriteReturned = firstReturned,
            LastWriteEntered = lastEntered,
            LastWriteReturned = lastReturned,
        });
    }
}
