using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Truth;

/// <summary>The servers and clients themselves, without latmon: what the other tests take for granted.</summary>
public sealed class NginxTruthTests(SharedNginx shared) : IClassFixture<SharedNginx>
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
    public void Nginx_answers_as_configured(string method, string path, int status)
    {
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        Assert.Equal(status, connection.Ask(HttpText.Request(method, path)).Status);
    }

    [Fact]
    public void Nginx_sends_a_compressed_file_in_chunks()
    {
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        HttpReply reply = connection.Ask(HttpText.Get("/files/text.txt", "Accept-Encoding: gzip"));
        Assert.Equal("chunked", HttpText.Header(reply.Head, "Transfer-Encoding"));
        Assert.Equal(200, connection.Ask(HttpText.Get("/files/small.txt")).Status);
    }

    [Fact]
    public void Nginx_sends_the_big_file_whole()
    {
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        HttpReply reply = connection.Ask(HttpText.Get("/files/big.bin"));
        Assert.Equal(NginxServer.BigFileBytes + reply.Head.Length, reply.Bytes);
    }

    [Fact]
    public void Nginx_takes_a_whole_upload_before_it_answers()
    {
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        Assert.Equal("taken\n", connection.Ask(HttpText.Post("/upload", 20_000_000)).Body);
    }

    [Fact]
    public void Nginx_counts_the_requests_of_the_watched_port_only()
    {
        long before = _nginx.CountRequests();
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        for (int i = 0; i < 7; i++)
        {
            connection.Ask(HttpText.Get("/ok/"));
        }

        Assert.Equal(before + 7, _nginx.CountRequests());
    }

    [Fact]
    public void A_namespace_has_its_own_nginx_on_the_same_port()
    {
        using NetworkNamespace inside = NetworkNamespace.Create();
        using NginxServer nginx = NginxServer.StartInside(inside, _nginx.Port);
        using HttpConnection connection = inside.Run(() => HttpConnection.Open(_nginx.Port));
        long outside = _nginx.CountRequests();
        Assert.Equal(200, connection.Ask(HttpText.Get("/ok/")).Status);
        Assert.Equal(outside, _nginx.CountRequests());
        Assert.Equal(1, nginx.CountRequests());
    }
}
