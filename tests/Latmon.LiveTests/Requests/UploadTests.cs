using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Requests;

public sealed class UploadTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private const int BigBody = 20_000_000;

    private readonly NginxServer _nginx = shared.Server;

    [Fact]
    public void A_big_upload_is_one_request_with_all_its_bytes()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        byte[] request = HttpText.Post("/upload", BigBody);
        connection.Ask(request);
        connection.Ask(HttpText.Get("/ok/next"));

        TraceRun run = latmon.Finish(2);
        Assert.Equal(["POST /upload 200", "GET /ok/next 200"], run.Summaries);
        Assert.Equal(request.Length, run.Traces[0].RequestBytes);
        Assert.True(run.Traces[0].LayerNs("request.upload") > 0, run.Traces[0].Text);
    }

    [Fact]
    public void An_answer_that_comes_before_the_end_of_the_upload_is_one_exchange()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        byte[] request = HttpText.Post("/ok/early", 200_000);
        connection.Send(request.AsSpan(0, 1000));
        connection.SeeReply();
        connection.Send(request.AsSpan(1000));
        Assert.Equal(200, connection.ReadReply().Status);
        connection.Ask(HttpText.Get("/ok/next"));
        Assert.Equal(["POST /ok/early 200", "GET /ok/next 200"], latmon.Finish(2).Summaries);
    }

    [Fact]
    public void An_upload_in_chunks_is_one_request()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Send(HttpText.Request("POST", "/upload", "Transfer-Encoding: chunked"));
        byte[] chunk = [.. "4e20\r\n"u8, .. new byte[20_000], .. "\r\n"u8];
        for (int i = 0; i < 20; i++)
        {
            connection.Send(chunk);
        }

        connection.Send("0\r\n\r\n"u8);
        connection.ReadReply();
        connection.Ask(HttpText.Get("/ok/next"));
        Assert.Equal(["POST /upload 200", "GET /ok/next 200"], latmon.Finish(2).Summaries);
    }

    [Fact]
    public void A_body_that_was_announced_with_100_continue_belongs_to_its_request()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        byte[] request = HttpText.Post("/upload", 50_000, "Expect: 100-continue");
        int head = HttpText.HeadBytes(request);
        connection.Send(request.AsSpan(0, head));
        Assert.Equal(100, connection.ReadReply().Status);
        connection.Send(request.AsSpan(head));
        Assert.Equal(200, connection.ReadReply().Status);
        connection.Ask(HttpText.Get("/ok/next"));

        TraceRun run = latmon.Finish(2);
        Assert.Equal(["POST /upload 200", "GET /ok/next 200"], run.Summaries);
        Assert.Equal(request.Length, run.Traces[0].RequestBytes);
    }
}
