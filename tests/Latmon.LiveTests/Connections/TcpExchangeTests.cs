using System.Net;
using System.Net.Sockets;
using System.Text;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Connections;

/// <summary>What is not HTTP is still a request and an answer: any black box shows something true.</summary>
public sealed class TcpExchangeTests
{
    private const int Lines = 11;

    [Fact]
    public void A_line_protocol_is_one_exchange_for_each_line_and_its_answer()
    {
        using SocketServer server = SocketServer.Start(connection => Echo(connection, TimeSpan.Zero));
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        SendLines(server.Port, greeting: false);

        TraceRun run = latmon.Finish(Lines);
        Assert.All(run.Traces, trace => Assert.Equal("tcp", trace.Protocol));
        Assert.All(run.Traces, trace => Assert.Null(trace.Status));
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => (long)Line(i).Length), run.Traces.Select(trace => trace.RequestBytes));
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => (long)Line(i).Length), run.Traces.Select(trace => trace.ResponseBytes));
    }

    [Fact]
    public void The_time_of_an_unknown_protocol_is_in_the_right_layer()
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(20);
        using SocketServer server = SocketServer.Start(connection => Echo(connection, delay));
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        SendLines(server.Port, greeting: false);
        Assert.All(latmon.Finish(Lines).Traces, trace => Assert.InRange(trace.LayerNs("app"), 20_000_000, trace.DurationNs));
    }

    [Fact]
    public void A_server_that_speaks_first_does_not_shift_the_pairs()
    {
        using SocketServer server = SocketServer.Start(connection =>
        {
            connection.Send("220 ready\n"u8);
            Echo(connection, TimeSpan.Zero);
        });
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        SendLines(server.Port, greeting: true);

        // The greeting answers nothing; whether it is shown is open, but every line has its own answer.
        latmon.WaitFor(Lines);
        IEnumerable<TraceLine> answered = latmon.Stop().Traces.Where(trace => trace.RequestBytes > 0);
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => (long)Line(i).Length), answered.Select(trace => trace.RequestBytes));
    }

    [Fact]
    public void A_protocol_filter_tells_HTTP_from_the_rest()
    {
        int port = FreePort.Next();
        using SocketServer echo = SocketServer.Start(
            new IPEndPoint(IPAddress.Loopback, port), connection => Echo(connection, TimeSpan.Zero), beforeAccept: null);
        using DelayServer http = DelayServer.Start(IPAddress.IPv6Loopback, port, DelayPlan.None);
        using LatmonTrace latmon = LatmonTrace.OfPort(port, "--protocol", "http");
        SendLines(port, greeting: false);
        using Clients.HttpConnection connection = Clients.HttpConnection.Open(new IPEndPoint(IPAddress.IPv6Loopback, port));
        connection.Ask(Clients.HttpText.Get("/web"));
        Assert.Equal("GET /web 200", latmon.Finish(1).Only.Summary);
    }

    private static byte[] Line(int i) => Encoding.ASCII.GetBytes($"line {new string('l', i)} {i}\n");

    private static void SendLines(int port, bool greeting)
    {
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.ReceiveTimeout = (int)Deadline.Usual.TotalMilliseconds;
        client.Connect(IPAddress.Loopback, port);
        byte[] buffer = new byte[1024];
        if (greeting)
        {
            Assert.Equal("220 ready\n".Length, client.Receive(buffer));
        }

        for (int i = 0; i < Lines; i++)
        {
            client.Send(Line(i));
            Assert.Equal(Line(i).Length, client.Receive(buffer));
        }
    }

    private static void Echo(Socket connection, TimeSpan delay)
    {
        byte[] buffer = new byte[1024];
        for (int received; (received = connection.Receive(buffer)) > 0;)
        {
            if (delay > TimeSpan.Zero)
            {
                Thread.Sleep(delay);
            }

            connection.Send(buffer.AsSpan(0, received));
        }
    }
}
