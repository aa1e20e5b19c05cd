using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Sockets;

/// <summary>
/// What a stream of AF_UNIX can do to those who count its bytes. All of it happens while one request to a port is served, below
/// which it is seen from both ends.
/// </summary>
public sealed class SocketStreamTests : IDisposable
{
    private const int MessageBytes = 1000;

    private readonly TempDirectory _directory = new();

    private UnixDomainSocketEndPoint Address => new(_directory["stream.sock"]);

    [Theory]
    [InlineData(10)]
    [InlineData(4_000)]
    [InlineData(40_000)]
    [InlineData(5_000_000)]
    public void Bodies_of_any_size_are_counted_both_ways(int bytes)
    {
        using SocketServer server = SocketServer.Start(Address, connection =>
        {
            while (new HttpRequestReader(connection).Read() is { } path)
            {
                connection.Send(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n"));
                connection.Send(new byte[bytes]);
            }
        });
        TraceLine[] calls = Watch(() =>
        {
            using HttpConnection connection = HttpConnection.Open(Address);
            for (int i = 0; i < 3; i++)
            {
                byte[] request = [.. Encoding.ASCII.GetBytes($"POST /up/{i} HTTP/1.1\r\nContent-Length: 100000\r\n\r\n"), .. new byte[100_000]];
                Assert.Equal(200, connection.Ask(request).Status);
            }
        });
        int head = $"HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n".Length;
        Assert.Equal(3, calls.Length);
        Assert.All(Pairs(calls), end => Assert.Equal(
            (true, (long)head + bytes, 100_000L + "POST /up/0 HTTP/1.1\r\nContent-Length: 100000\r\n\r\n".Length),
            (end.Complete, end.ResponseBytes, end.RequestBytes)));
    }

    [Fact]
    public void Looking_is_not_reading_and_reading_in_pieces_is()
    {
        using SocketServer server = Echo();
        TraceLine[] calls = Watch(() =>
        {
            using Socket client = Connect();
            for (int i = 0; i < 5; i++)
            {
                client.Send(Message(i));
                byte[] piece = new byte[100];
                Assert.Equal(100, client.Receive(piece, SocketFlags.Peek));
                Assert.Equal(100, client.Receive(piece, SocketFlags.Peek));
                for (int taken = 0; taken < MessageBytes; taken += client.Receive(piece))
                {
                }
            }
        });
        Assert.Equal(5, calls.Length);
        Assert.All(Pairs(calls), end => Assert.Equal((MessageBytes, MessageBytes), ((int)end.RequestBytes, (int)end.ResponseBytes)));
        Assert.All(Pairs(calls), end => Assert.All(
            end.Layers, layer => Assert.True(layer.Evidence != "unavailable" || layer.Layer == "accept.wait", end.Text)));
    }

    [Fact]
    public void Requests_that_do_not_wait_for_their_answers_lose_no_byte()
    {
        const int Messages = 60;
        using SocketServer server = SocketServer.Start(Address, connection =>
        {
            byte[] buffer = new byte[777];
            for (int read; (read = connection.Receive(buffer)) > 0;)
            {
                connection.Send(buffer.AsSpan(0, read));
            }
        });
        TraceRun run = WatchServers(() =>
        {
            using Socket client = Connect();
            for (int i = 0; i < Messages; i++)
            {
                client.Send(new byte[MessageBytes]);
            }

            byte[] buffer = new byte[333];
            for (int taken = 0; taken < Messages * MessageBytes; taken += client.Receive(buffer))
            {
            }
        });
        Assert.Equal(Messages * MessageBytes, run.Traces.Sum(trace => trace.RequestBytes));
        Assert.Equal(Messages * MessageBytes, run.Traces.Sum(trace => trace.ResponseBytes));
    }

    [Fact]
    public void A_descriptor_that_is_used_again_is_another_connection()
    {
        using SocketServer server = Echo();
        TraceLine[] calls = Watch(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                using Socket client = Connect();
                Exchange(client, i);
            }
        });
        Assert.Equal(20, calls.Length);
        Assert.All(Pairs(calls), end => Assert.Equal(MessageBytes, end.RequestBytes));
    }

    /// <summary>Its reads come as soon as the bytes are queued, which may be sooner than the writer's program has run.</summary>
    [Fact]
    public void A_server_that_never_waits_for_its_first_bytes_is_seen_reading_them()
    {
        const int Connections = 2_000;
        using SemaphoreSlim looks = new(0);
        using SocketServer server = SocketServer.Start(Address, connection =>
        {
            looks.Release();
            AnswerInPieces(connection);
        });
        TraceRun run = WatchServers(() =>
        {
            for (int i = 0; i < Connections; i++)
            {
                using Socket client = Connect();
                looks.Wait();
                Exchange(client, i);
            }
        });
        Assert.Equal(Connections, run.Traces.Count);
        Assert.All(run.Traces, trace => Assert.Equal(
            ("server", MessageBytes, MessageBytes), (trace.Role, (int)trace.RequestBytes, (int)trace.ResponseBytes)));
        Assert.All(run.Traces, trace => Assert.All(trace.Layers, layer => Assert.True(
            layer.Evidence == "measured" || layer.Layer is "accept.wait" or "sock.wait", trace.Text)));
    }

    [Fact]
    public void Connections_that_were_there_before_are_seen()
    {
        using SocketServer server = Echo();
        using Socket old = Connect();
        Exchange(old, 0);
        TraceLine[] calls = Watch(() =>
        {
            for (int i = 1; i <= 10; i++)
            {
                Exchange(old, i);
            }
        });
        Assert.Equal(10, calls.Length);
        Assert.All(Pairs(calls), end => Assert.Equal((MessageBytes, true), ((int)end.RequestBytes, end.Complete)));
    }

    [Fact]
    public void Garbage_is_bytes()
    {
        Random random = new(20261127);
        byte[] garbage = new byte[MessageBytes];
        using SocketServer server = Echo();
        TraceRun run = WatchServers(() =>
        {
            using Socket client = Connect();
            for (int i = 0; i < 200; i++)
            {
                random.NextBytes(garbage);
                client.Send(garbage);
                Receive(client);
            }
        });
        Assert.Equal(200 * MessageBytes, run.Traces.Sum(trace => trace.RequestBytes));
    }

    [Fact]
    public void Other_kinds_of_socket_are_not_streams()
    {
        using Socket to = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        to.Bind(new UnixDomainSocketEndPoint(_directory["dgram.sock"]));
        using Socket listener = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_directory["packets.sock"]));
        listener.Listen();
        using SocketServer server = Echo();
        TraceLine[] calls = Watch(() =>
        {
            using Socket datagrams = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            datagrams.SendTo("GET /datagram HTTP/1.1\r\n\r\n"u8, to.LocalEndPoint!);
            using Socket packets = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
            packets.Connect(listener.LocalEndPoint!);
            using Socket accepted = listener.Accept();
            packets.Send("GET /packet HTTP/1.1\r\n\r\n"u8);
            Assert.Equal(24, accepted.Receive(new byte[100]));
            accepted.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
            packets.Receive(new byte[100]);
            using Socket client = Connect();
            Exchange(client, 0);
        });
        Assert.Equal(_directory["stream.sock"], Assert.Single(calls).Remote);
    }

    [Fact]
    public void Names_without_a_file_are_shown_with_an_at_sign()
    {
        string name = $"latmon-{Environment.ProcessId}";
        UnixDomainSocketEndPoint address = new('\0' + name);
        using SocketServer server = SocketServer.Start(address, Answer);
        TraceLine[] calls = Watch(() =>
        {
            using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            client.Connect(address);
            Exchange(client, 0);
        });
        Assert.Equal("@" + name, Assert.Single(calls).Remote);
        Assert.All(Pairs(calls), end => Assert.Equal("@" + name, end.Local));
    }

    [Fact]
    public void A_server_that_closes_instead_of_answering_has_not_answered()
    {
        using SocketServer server = SocketServer.Start(Address, connection => _ = new HttpRequestReader(connection).Read());
        TraceLine dropped = WatchServers(() =>
        {
            using HttpConnection connection = HttpConnection.Open(Address);
            connection.Send(HttpText.Get("/dropped"));
            Assert.True(connection.IsAtEnd());
        }).Only;
        Assert.Equal(("server", "unix", "GET /dropped ", false), (dropped.Role, dropped.Family, dropped.Summary, dropped.Complete));
    }

    public void Dispose() => _directory.Dispose();

    private static TraceLine[] Watch(Action traffic)
    {
        using SocketServer app = SocketServer.Start(connection =>
        {
            HttpRequestReader reader = new(connection);
            while (reader.Read() is not null)
            {
                traffic();
                connection.Send("HTTP/1.1 204 No Content\r\n\r\n"u8);
            }
        });
        using LatmonTrace latmon = LatmonTrace.OfPort(app.Port);
        using HttpConnection user = HttpConnection.Open(app.Port);
        Assert.Equal(204, user.Ask(HttpText.Get("/")).Status);
        TraceRun run = latmon.Stop();
        Assert.Equal(0, run.Count.Lost);
        Assert.All(run.Only.Children, call => Assert.Equal("unix", call.Family));
        return [.. run.Only.Children];
    }

    /// <summary>The process that serves is chosen: exchanges are seen at its end, each for itself.</summary>
    private static TraceRun WatchServers(Action traffic)
    {
        using LatmonTrace latmon = LatmonTrace.Start("--process", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        traffic();
        TraceRun run = latmon.Stop();
        Assert.Equal(0, run.Count.Lost);
        return run;
    }

    /// <summary>Every call and its other end, which say the same of it.</summary>
    private static IEnumerable<TraceLine> Pairs(TraceLine[] calls) => calls.SelectMany(call =>
    {
        TraceLine answer = Assert.Single(call.Children);
        Assert.Equal(("client", "server"), (call.Role, answer.Role));
        Assert.Equal((call.RequestBytes, call.ResponseBytes), (answer.RequestBytes, answer.ResponseBytes));
        return (TraceLine[])[call, answer];
    });

    private SocketServer Echo() => SocketServer.Start(Address, Answer);

    private static void Answer(Socket connection)
    {
        byte[] buffer = new byte[MessageBytes];
        int filled = 0;
        for (int read; (read = connection.Receive(buffer.AsSpan(filled))) > 0;)
        {
            filled += read;
            if (filled == MessageBytes)
            {
                connection.Send(Padded("HTTP/1.1 200 OK\r\nContent-Length: 900\r\nX-Fill: "));
                filled = 0;
            }
        }
    }

    /// <summary>Reads a head first and leaves the last bytes for after its answer, as FastCGI does.</summary>
    private static void AnswerInPieces(Socket connection)
    {
        const int Rest = 8;
        byte[] buffer = new byte[MessageBytes];
        connection.Blocking = false;
        int filled = 0;
        while (filled < MessageBytes)
        {
            int wanted = filled == 0 ? Rest : Math.Max(MessageBytes - Rest, filled) - filled;
            wanted = wanted == 0 ? Rest : wanted;
            int read = connection.Receive(buffer.AsSpan(filled, wanted), SocketFlags.None, out SocketError error);
            if (error == SocketError.Success && read == 0)
            {
                return;
            }

            filled += read;
            if (read > 0 && filled == MessageBytes - Rest)
            {
                connection.Send(Padded("HTTP/1.1 200 OK\r\nContent-Length: 900\r\nX-Fill: "));
            }
        }
    }

    private Socket Connect()
    {
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(Address);
        return client;
    }

    private static byte[] Message(int number) => Padded($"POST /m/{number:d5} HTTP/1.1\r\nContent-Length: 900\r\nX-Fill: ");

    /// <summary>With a body of 900 bytes.</summary>
    private static byte[] Padded(string head) =>
        Encoding.ASCII.GetBytes(head.PadRight(MessageBytes - 904, '.') + "\r\n\r\n" + new string('.', 900));

    private static void Exchange(Socket client, int number)
    {
        client.Send(Message(number));
        Receive(client);
    }

    private static void Receive(Socket client)
    {
        byte[] buffer = new byte[MessageBytes];
        for (int taken = 0; taken < MessageBytes;)
        {
            taken += client.Receive(buffer.AsSpan(taken));
        }
    }
}
