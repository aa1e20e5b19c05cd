using System.Text.Json;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Delays;

/// <summary>A delay that a server injects appears in the layer it belongs to, by the amount it really was, and nowhere else.</summary>
public sealed class DelayTests
{
    public static readonly TheoryData<int> Delays = [20, 50, 120];

    [Theory]
    [MemberData(nameof(Delays))]
    public void A_delay_before_accept_is_socket_wait_and_says_so(int ms)
    {
        (TraceLine trace, ClientMoments client, ServerMoments server) = Exchange(new DelayPlan { BeforeAccept = Ms(ms) });

        // Where accept() can be seen, the wait has a layer of its own; where not, it is marked as not told apart.
        if (trace.LayerNs("accept.wait") > 0)
        {
            // The server's clock starts with the connection, the layer with the request that comes right behind it.
            Assert.True(trace.LayerNs("accept.wait") > ms * 1_000_000L / 2, trace.Text);
            LayerTolerance.Check(trace, "accept.wait", TimeBracket.SocketWait(client, server), client, rest: "sock.wait");
        }
        else
        {
            LayerTolerance.Check(trace, "sock.wait", TimeBracket.SocketWait(client, server), client);
            Assert.Equal("inferred", trace.Layers.Single(entry => entry.Layer == "sock.wait").Evidence);
            Assert.Contains(trace.Notes, note => note.Contains("accept", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Delays))]
    public void A_delay_before_read_is_socket_wait(int ms)
    {
        (TraceLine trace, ClientMoments client, ServerMoments server) = Exchange(new DelayPlan { BeforeRead = Ms(ms) });
        LayerTolerance.Check(trace, "sock.wait", TimeBracket.SocketWait(client, server), client);
    }

    [Theory]
    [MemberData(nameof(Delays))]
    public void A_delay_before_the_answer_is_the_application(int ms)
    {
        (TraceLine trace, ClientMoments client, ServerMoments server) = Exchange(new DelayPlan { BeforeAnswer = Ms(ms) });
        LayerTolerance.Check(trace, "app", TimeBracket.Application(client, server), client);
    }

    [Theory]
    [MemberData(nameof(Delays))]
    public void A_delay_in_the_middle_of_the_body_is_response_write(int ms)
    {
        (TraceLine trace, ClientMoments client, ServerMoments server) = Exchange(new DelayPlan { InTheBody = Ms(ms) });
        LayerTolerance.Check(trace, "response.write", TimeBracket.ResponseWrite(server), client);
    }

    [Theory]
    [MemberData(nameof(Delays))]
    public void An_upload_in_pieces_is_request_upload(int ms)
    {
        using DelayServer server = DelayServer.Start(DelayPlan.None);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        new PiecewiseClient(connection).Send(HttpText.Post("/pieces", 30_000), pieces: 3, Ms(ms));
        connection.ReadReply();
        LayerTolerance.Check(latmon.Finish(1).Only, "request.upload", TimeBracket.Upload(connection.Moments), connection.Moments);
    }

    [Theory]
    [MemberData(nameof(Delays))]
    public void A_late_reader_is_kernel_send(int ms)
    {
        using DelayServer server = DelayServer.Start(LateReader.Plan);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = LateReader.Open(server.Port);
        connection.Send(HttpText.Get("/late"));
        new PiecewiseClient(connection).ReadLate(Ms(ms));
        TimeBracket truth = TimeBracket.TcpSend(connection.Moments, server.Next());
        LayerTolerance.Check(latmon.Finish(1).Only, "tcp.tx", truth, connection.Moments);
    }

    [Fact]
    public void A_window_that_was_shut_is_told_with_its_moments()
    {
        using DelayServer server = DelayServer.Start(LateReader.Plan);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = LateReader.Open(server.Port);
        connection.Send(HttpText.Get("/late"));
        new PiecewiseClient(connection).ReadLate(Ms(120));
        TraceLine trace = latmon.Finish(1).Only;
        using JsonDocument json = JsonDocument.Parse(trace.Text);
        JsonElement tcp = json.RootElement.GetProperty("tcp");
        long shutNs = tcp.GetProperty("zero_window_ns").GetInt64();
        long[] moments = [.. tcp.GetProperty("zero_window_offsets_ns").EnumerateArray().Select(moment => moment.GetInt64())];
        Assert.InRange(shutNs, 60_000_000, trace.DurationNs);
        Assert.Equal(2, moments.Length);
        Assert.InRange(moments[0], 0, trace.DurationNs - shutNs);
        Assert.InRange(moments[1], moments[0] + shutNs, trace.DurationNs + trace.DeliveredNs!.Value);
    }

    [Fact]
    public void Every_request_on_a_connection_has_its_own_delay()
    {
        int[] waits = [50, 0, 20, 120, 0, 35];
        using DelayServer server = DelayServer.Start(DelayPlan.None);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        List<TimeBracket> truths = [];
        List<ClientMoments> clients = [];
        foreach (int wait in waits)
        {
            connection.Ask(HttpText.Get($"/wait/{wait}"));
            clients.Add(connection.Moments);
            truths.Add(TimeBracket.Application(connection.Moments, server.Next()));
        }

        IReadOnlyList<TraceLine> traces = latmon.Finish(waits.Length).Traces;
        for (int i = 0; i < waits.Length; i++)
        {
            Assert.Equal($"/wait/{waits[i]}", traces[i].UrlPath);
            LayerTolerance.Check(traces[i], "app", truths[i], clients[i]);
        }
    }

    [Fact]
    public void Delays_of_connections_at_the_same_time_do_not_mix()
    {
        using DelayServer server = DelayServer.Start(DelayPlan.None);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        HttpConnection[] connections = [.. Enumerable.Range(0, 16).Select(_ => HttpConnection.Open(server.Port))];
        for (int i = 0; i < connections.Length; i++)
        {
            connections[i].Send(HttpText.Get($"/wait/{20 + (i * 10)}"));
        }

        Array.ForEach(connections, connection => connection.ReadReply());
        Dictionary<string, ServerMoments> servers = connections.Select(_ => server.Next()).ToDictionary(moments => moments.Path);
        Dictionary<string, TraceLine> traces = latmon.Finish(connections.Length).Traces.ToDictionary(trace => trace.UrlPath!);
        for (int i = 0; i < connections.Length; i++)
        {
            string path = $"/wait/{20 + (i * 10)}";
            Assert.Equal(connections[i].LocalAddress, traces[path].Remote);
            LayerTolerance.Check(
                traces[path], "app", TimeBracket.Application(connections[i].Moments, servers[path]), connections[i].Moments);
            connections[i].Dispose();
        }
    }

    private static (TraceLine Trace, ClientMoments Client, ServerMoments Server) Exchange(DelayPlan plan)
    {
        using DelayServer server = DelayServer.Start(plan);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        connection.Ask(HttpText.Get("/delayed"));
        return (latmon.Finish(1).Only, connection.Moments, server.Next());
    }

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);
}
