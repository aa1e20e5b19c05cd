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

    [Theory]
    [InlineData(Signal.Kill)]
    [InlineData(Signal.Terminate)]
    public void The_code_of_a_probed_process_is_as_it_was(int signal)
    {
        using NginxServer nginx = NginxServer.StartCopy();
        byte[] before = ProgramCode.Of(nginx.WorkerPid);
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port, "--probes", "nginx");
        KernelObjects own = KernelObjects.Of(latmon.Pid);
        Assert.False(ProgramCode.Of(nginx.WorkerPid).AsSpan().SequenceEqual(before), "No probe is in the server.");

        Signal.Send(latmon.Pid, signal);
        latmon.EndUnchecked();
        Assert.True(own.AreGoneWithin(Deadline.Usual), $"Still in the kernel: {own}");
        Assert.True(ProgramCode.Of(nginx.WorkerPid).AsSpan().SequenceEqual(before), "A probe is still in the server.");
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        Assert.Equal(200, connection.Ask(HttpText.Get("/ok/")).Status);
    }
}
