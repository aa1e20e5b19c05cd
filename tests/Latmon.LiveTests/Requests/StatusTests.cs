using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Requests;

/// <summary>Method, path and status as nginx answered them, with the exact number of bytes of both sides.</summary>
public sealed class StatusTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private readonly NginxServer _nginx = shared.Server;

    [Theory]
    [InlineData("GET", "/files/small.txt", 200)]
    [InlineData("HEAD", "/files/small.txt", 200)]
    [InlineData("GET", "/files/none", 404)]
    [InlineData("GET", "/moved", 301)]
    [InlineData("GET", "/empty", 204)]
    [InlineData("GET", "/broken", 500)]
    [InlineData("GET", "/busy", 503)]
    [InlineData("DELETE", "/files/small.txt", 405)]
    [InlineData("OPTIONS", "/ok/options", 200)]
    public void The_status_of_an_answer_is_reported_with_its_request(string method, string path, int status)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        byte[] request = HttpText.Request(method, path);
        HttpReply reply = connection.Ask(request);
        Assert.Equal(status, reply.Status);

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal($"{method} {path} {status}", trace.Summary);
        Assert.StartsWith($"{method} ", trace.Name, StringComparison.Ordinal);
        Assert.Equal("http/1.1", trace.Protocol);
        Assert.Equal(request.Length, trace.RequestBytes);
        Assert.Equal(reply.Bytes, trace.ResponseBytes);
        Assert.True(trace.Complete);
    }

    [Fact]
    public void A_file_that_has_not_changed_is_answered_with_304()
    {
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        HttpReply first = connection.Ask(HttpText.Get("/files/small.txt"));
        string modified = HttpText.Header(first.Head, "Last-Modified")!;

        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        connection.Ask(HttpText.Get("/files/small.txt", $"If-Modified-Since: {modified}"));
        connection.Ask(HttpText.Get("/files/small.txt"));
        Assert.Equal(["GET /files/small.txt 304", "GET /files/small.txt 200"], latmon.Finish(2).Summaries);
    }

    [Fact]
    public void Answers_without_a_body_do_not_swallow_the_next_answer()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Request("HEAD", "/files/big.bin"));
        connection.Ask(HttpText.Get("/empty"));
        connection.Ask(HttpText.Get("/moved"));
        connection.Ask(HttpText.Get("/ok/last"));

        string[] expected = ["HEAD /files/big.bin 200", "GET /empty 204", "GET /moved 301", "GET /ok/last 200"];
        Assert.Equal(expected, latmon.Finish(4).Summaries);
    }

    [Fact]
    public void The_trace_names_the_process_and_both_addresses()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Get("/ok/"));

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal(_nginx.WorkerPid, trace.Pid);
        Assert.Equal("nginx", trace.Comm);
        Assert.Equal("ipv4", trace.Family);
        Assert.Equal($"127.0.0.1:{_nginx.Port}", trace.Local);
        Assert.Equal(connection.LocalAddress, trace.Remote);
    }
}
