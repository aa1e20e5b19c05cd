using System.Text;
using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Tests.Protocols;

public sealed class HttpResponseHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, HttpFraming.Length, 43)]
    [InlineData("HTTP/1.0 404\n\n", 404, HttpFraming.Close, -1)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, HttpFraming.Chunked, -1)]
    [InlineData("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", 204, HttpFraming.Length, 38)]
    [InlineData("HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n\r\n", 304, HttpFraming.Length, 47)]
    [InlineData("HTTP/1.1 101 Up\r\n\r\n", 101, HttpFraming.Endless, -1)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n", 200, HttpFraming.Endless, -1)]
    [InlineData("HTTP/1.1 200 OK\r\nServer: cut", 200, HttpFraming.Unknown, -1)]
    [InlineData("HTTP/1.1 200", 200, HttpFraming.Unknown, -1)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 200, HttpFraming.Close, -1)]
    [InlineData("HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, HttpFraming.Length, 62)]
    [InlineData("HTTP/1.1 103 Hi\r\n\r\nHTTP/1.1 103 Hi\r\n\r\nHTTP/1.1 204 No\r\n\r\n", 204, HttpFraming.Length, 57)]
    [InlineData("HTTP/1.1 100 Go\r\n\r\n", 100, HttpFraming.Length, 19)]
    [InlineData("HTTP/1.1 100 Go\r\n\r\nHTTP/1.", 100, HttpFraming.Length, 19)]
    public void Status_and_where_the_message_ends(string text, int status, HttpFraming framing, long length)
    {
        Assert.True(HttpResponseHead.TryParseFinal(Encoding.Latin1.GetBytes(text), out HttpResponseHead head));
        Assert.Equal((status, framing, length), (head.Status, head.Body.Framing, head.Body.MessageLength));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("220 smtp ready\r\n")]
    public void Other_bytes_are_no_response(string text) =>
        Assert.False(HttpResponseHead.TryParse(Encoding.Latin1.GetBytes(text), out _));

    [Theory]
    [InlineData("0\r\n\r\n", true)]
    [InlineData("\r\n0\r\n\r\n", true)]
    [InlineData("lo\r\n0\r\n\r\n", true)]
    [InlineData("10\r\n\r\n", false)]
    [InlineData("\r\n5\r\nhel", false)]
    [InlineData("", false)]
    public void The_last_chunk_ends_a_chunked_body(string tail, bool ends) =>
        Assert.Equal(ends, HttpBody.EndsChunked(Encoding.Latin1.GetBytes(tail)));
}
