using System.Text;
using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Tests.Protocols;

public sealed class HttpRequestHeadTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", HttpMethodName.Get, "/")]
    [InlineData("GET /a/b?token=secret#x HTTP/1.1\r\n\r\n", HttpMethodName.Get, "/a/b")]
    [InlineData("GET / HTTP/1.0\n\n", HttpMethodName.Get, "/")]
    [InlineData("GET http://user:pass@shop:80/a?b HTTP/1.1\r\n\r\n", HttpMethodName.Get, "/a")]
    [InlineData("GET http://shop HTTP/1.1\r\n\r\n", HttpMethodName.Get, "")]
    [InlineData("GET http://shop?token=/secret HTTP/1.1\r\n\r\n", HttpMethodName.Get, "")]
    [InlineData("GET a?u=http://b/secret HTTP/1.1\r\n\r\n", HttpMethodName.Get, "a")]
    [InlineData("GET /r?u=http://b/c HTTP/1.1\r\n\r\n", HttpMethodName.Get, "/r")]
    [InlineData("GET /with space HTTP/1.1\r\n\r\n", HttpMethodName.Get, "/with space")]
    [InlineData("OPTIONS * HTTP/1.1\r\n\r\n", HttpMethodName.Options, "*")]
    [InlineData("CONNECT shop:443 HTTP/1.1\r\n\r\n", HttpMethodName.Connect, "shop:443")]
    [InlineData("PURGE /x HTTP/1.1\r\n\r\n", HttpMethodName.Other, "/x")]
    [InlineData("PATCH /x HTTP/1.1\r\n", HttpMethodName.Patch, "/x")]
    [InlineData("GET /cut/of", HttpMethodName.Get, "/cut/of")]
    [InlineData("GET /cut HTT", HttpMethodName.Get, "/cut")]
    public void Method_and_path_without_query(string text, HttpMethodName method, string path)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        Assert.True(HttpRequestHead.TryParse(bytes, out HttpRequestHead head));
        Assert.Equal((method, path), (head.Method, Encoding.Latin1.GetString(bytes, head.PathStart, head.PathLength)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET")]
    [InlineData("GET ")]
    [InlineData("get / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/2\r\n\r\n")]
    [InlineData("GET  HTTP/1.1\r\n\r\n")]
    [InlineData("PING\r\n")]
    [InlineData("SET key value\r\n")]
    [InlineData("PURGE /cut")]
    [InlineData("GET cut")]
    [InlineData("AVERYLONGMETHODTHATISNOTONEATALL / HTTP/1.1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    public void Other_bytes_are_no_request(string text) =>
        Assert.False(HttpRequestHead.TryParse(Encoding.Latin1.GetBytes(text), out _));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", HttpFraming.Length, 27)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n", HttpFraming.Length, 49)]
    [InlineData("POST / HTTP/1.1\r\ncontent-length:10\r\n\r\n", HttpFraming.Length, 48)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: ten\r\n\r\n", HttpFraming.Length, 40)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", HttpFraming.Length, 39)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 5\r\nX: cut", HttpFraming.Length, -1)]
    [InlineData("POST / HTTP/1.1\r\nX: cut", HttpFraming.Unknown, -1)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 5\r\n\r\n", HttpFraming.Chunked, -1)]
    [InlineData("POST / HTTP/1.1\r\nX-Content-Length: 5\r\nContent: 7\r\nT: x\r\n\r\n", HttpFraming.Length, 58)]
    public void Where_the_message_ends(string text, HttpFraming framing, long length)
    {
        Assert.True(HttpRequestHead.TryParse(Encoding.Latin1.GetBytes(text), out HttpRequestHead head));
        Assert.Equal((framing, length), (head.Body.Framing, head.Body.MessageLength));
    }
}
