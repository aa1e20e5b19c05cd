using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Requests;

/// <summary>Heads that do not come as one small segment.</summary>
public sealed class RequestHeadTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private readonly NginxServer _nginx = shared.Server;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_head_in_several_segments_is_one_request(int pieces)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        byte[] request = HttpText.Get("/ok/split/over/several/segments");
        new PiecewiseClient(connection).Send(request, pieces, TimeSpan.FromMilliseconds(5));
        connection.ReadReply();

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal("GET /ok/split/over/several/segments 200", trace.Summary);
        Assert.Equal(request.Length, trace.RequestBytes);
    }

    [Fact]
    public void A_head_byte_by_byte_is_one_request()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        byte[] request = HttpText.Get("/ok/bytes");
        new PiecewiseClient(connection).Send(request, request.Length, TimeSpan.Zero);
        connection.ReadReply();
        connection.Ask(HttpText.Get("/ok/next"));
        Assert.Equal(["GET /ok/bytes 200", "GET /ok/next 200"], latmon.Finish(2).Summaries);
    }

    [Theory]
    [InlineData(1500)]
    [InlineData(5000)]
    [InlineData(30_000)]
    public void A_large_head_is_one_request_with_all_its_bytes(int cookieBytes)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        byte[] request = HttpText.Get("/ok/large", $"Cookie: a={new string('c', cookieBytes)}");
        connection.Ask(request);
        connection.Ask(HttpText.Get("/ok/next"));

        TraceRun run = latmon.Finish(2);
        Assert.Equal(["GET /ok/large 200", "GET /ok/next 200"], run.Summaries);
        Assert.Equal(request.Length, run.Traces[0].RequestBytes);
    }
}
