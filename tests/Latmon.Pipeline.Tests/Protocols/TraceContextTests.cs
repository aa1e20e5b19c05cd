using System.Text;
using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Tests.Protocols;

public sealed class TraceContextTests
{
    private const string Value = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData("GET / HTTP/1.1\r\ntraceparent: " + Value + "\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nTraceparent:" + Value + "\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX-traceparent: other\r\ntraceparent: " + Value + "\r\n\r\n")]
    [InlineData("GET /?traceparent:1 HTTP/1.1\r\ntraceparent: " + Value + "\r\n\r\n")]
    public void The_trace_of_the_header_is_found(string head) => Assert.Equal(
        new TraceContext(0x0af7651916cd43dd, 0x8448eb211c80319c), TraceContext.Find(Encoding.ASCII.GetBytes(head)));

    [Theory]
    [InlineData("")]
    [InlineData("traceparent: " + Value)]
    [InlineData("GET / HTTP/1.1\r\nX-traceparent: " + Value + "\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319\r\n")]
    [InlineData("GET / HTTP/1.1\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01\r\n")]
    [InlineData("GET / HTTP/1.1\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01\r\n")]
    [InlineData("GET / HTTP/1.1\r\ntraceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01\r\n")]
    [InlineData("GET / HTTP/1.1\r\ntraceparent:")]
    public void Anything_else_is_no_trace(string head) => Assert.False(TraceContext.Find(Encoding.ASCII.GetBytes(head)).IsKnown);
}
