using System.Text;
using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Tests.Assembling;

public sealed class RequestIdTests
{
    [Theory]
    [InlineData("x-request-id: 0af7651916cd43dd")]
    [InlineData("X-Request-ID:0AF7651916CD43DD  ")]
    [InlineData("X-Request-Id: 0af7651916cd43dd")]
    [InlineData("b3: 0af7651916cd43dd-b7ad6b7169203331-1")]
    [InlineData("X-B3-TraceId: 0af7651916cd43dd")]
    [InlineData("x-b3-traceid: 0af7651916cd43dd")]
    public void The_same_id_is_the_same_whatever_carries_it(string header) =>
        Assert.Equal(Find("x-request-id: 0af7651916cd43dd"), Find(header));

    [Theory]
    [InlineData("x-request-id: 17")]
    [InlineData("x-no-request-id: 0af7651916cd43dd")]
    [InlineData("x-request-idle: 0af7651916cd43dd")]
    [InlineData("accept: */*")]
    public void What_is_no_id_is_none(string header) => Assert.Equal(0UL, Find(header));

    [Fact]
    public void An_id_that_is_cut_off_is_none() =>
        Assert.Equal(0UL, RequestId.Find("GET / HTTP/1.1\r\nx-request-id: 0af7651916cd43dd"u8));

    [Fact]
    public void Different_ids_differ() => Assert.NotEqual(Find("x-request-id: 0af7651916cd43dd"), Find("x-request-id: 0af7651916cd43de"));

    private static ulong Find(string header) => RequestId.Find(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nhost: a\r\n{header}\r\n\r\n"));
}
