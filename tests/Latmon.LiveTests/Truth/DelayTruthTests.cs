using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Delays;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Truth;

/// <summary>The injected delays by the test's own clock: the brackets with which latmon is compared hold what was injected.</summary>
public sealed class DelayTruthTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void A_delay_before_accept_is_in_the_bracket_of_the_socket_wait()
    {
        (ClientMoments client, ServerMoments server) = Exchange(new DelayPlan { BeforeAccept = Delay });
        Holds(TimeBracket.SocketWait(client, server));
    }

    [Fact]
    public void A_delay_before_read_is_in_the_bracket_of_the_socket_wait()
    {
        (ClientMoments client, ServerMoments server) = Exchange(new DelayPlan { BeforeRead = Delay });
        Holds(TimeBracket.SocketWait(client, server));
    }

    [Fact]
    public void A_delay_before_the_answer_is_in_the_bracket_of_the_application()
    {
        (ClientMoments client, ServerMoments server) = Exchange(new DelayPlan { BeforeAnswer = Delay });
        Holds(TimeBracket.Application(client, server));
    }

    [Fact]
    public void A_delay_in_the_body_is_in_the_bracket_of_the_response()
    {
        (_, ServerMoments server) = Exchange(new DelayPlan { InTheBody = Delay });
        Holds(TimeBracket.ResponseWrite(server));
    }

    [Fact]
    public void A_delay_between_two_pieces_is_in_the_bracket_of_the_upload()
    {
        using DelayServer server = DelayServer.Start(DelayPlan.None);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        new PiecewiseClient(connection).Send(HttpText.Post("/", 1000), pieces: 2, Delay);
        connection.ReadReply();
        Holds(TimeBracket.Upload(connection.Moments));
    }

    [Fact]
    public void A_large_answer_blocks_in_one_write_until_it_is_read()
    {
        using DelayServer server = DelayServer.Start(LateReader.Plan);
        using HttpConnection connection = LateReader.Open(server.Port);
        connection.Send(HttpText.Get("/"));
        new PiecewiseClient(connection).ReadLate(Delay);
        ServerMoments moments = server.Next();
        Assert.True(moments.LastWriteReturned > connection.Moments.ReadStarted, "The write did not block.");
        Holds(TimeBracket.TcpSend(connection.Moments, moments));
    }

    private static (ClientMoments Client, ServerMoments Server) Exchange(DelayPlan plan)
    {
        using DelayServer server = DelayServer.Start(plan);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        connection.Ask(HttpText.Get("/"));
        return (connection.Moments, server.Next());
    }

    private static void Holds(TimeBracket bracket)
    {
        Assert.InRange(bracket.ShortestNs, (long)Delay.TotalNanoseconds, bracket.LongestNs);
    }
}
