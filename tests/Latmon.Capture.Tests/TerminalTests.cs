using System.Net;

namespace Latmon.Capture.Tests;

public sealed class TerminalTests
{
    [Theory]
    [InlineData("192.0.2.7 50122 10.0.0.2 22", "192.0.2.7", 50122, 22)]
    [InlineData("2001:db8::7 50122 2001:db8::1 2222", "2001:db8::7", 50122, 2222)]
    [InlineData("  192.0.2.7   50122 10.0.0.2 22 ", "192.0.2.7", 50122, 22)]
    [InlineData("fe80::1%2 50122 fe80::2%2 22", "fe80::1%2", 50122, 22)]
    public void The_connection_of_this_terminal_is_found(string text, string address, int remotePort, int localPort) =>
        Assert.Equal(new Terminal(IPAddress.Parse(address), (ushort)remotePort, (ushort)localPort), Terminal.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("192.0.2.7 50122 10.0.0.2")]
    [InlineData("192.0.2.7 50122 10.0.0.2 22 x")]
    [InlineData("192.0.2.7 99999 10.0.0.2 22")]
    [InlineData("192.0.2.7 50122 10.0.0.2 -22")]
    [InlineData("UNKNOWN 65535 UNKNOWN 65535")]
    public void Anything_else_is_no_terminal(string? text) => Assert.Null(Terminal.Parse(text));
}
