using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Behaviour;

/// <summary>However latmon ends, nothing of it stays in the kernel.</summary>
public sealed class LeftoverTests
{
    [Theory]
    [InlineData(Signal.Kill)]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    public void Nothing_of_it_stays_in_the_kernel(int signal)
    {
        using NginxServer nginx = NginxServer.Start();
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port);
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        connection.Ask(HttpText.Get("/ok/"));
        KernelObjects own = KernelObjects.Of(latmon.Pid);
        Assert.NotEmpty(own.Programs);

        Signal.Send(latmon.Pid, signal);
        latmon.EndUnchecked();

        // The kernel frees programs after a grace period, not inside the exit of the process.
        Assert.True(own.AreGoneWithin(Deadline.Usual), $"Still in the kernel: {own}");
        Assert.Equal(200, connection.Ask(HttpText.Get("/ok/")).Status);
    }
}
