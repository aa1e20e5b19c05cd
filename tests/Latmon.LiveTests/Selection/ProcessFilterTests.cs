using System.Globalization;
using System.Net;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Selection;

/// <summary>Two processes on the same port, one on each address: only the process tells their requests apart.</summary>
public sealed class ProcessFilterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_process_is_chosen_by_its_name(bool oldConnections) =>
        Check("nginx", oldConnections, expected: "/ok/nginx");

    [Fact]
    public void A_process_is_chosen_by_its_pid() =>
        Check(expected: "/own", oldConnections: false, process: Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    [Fact]
    public void A_process_that_does_not_exist_shows_nothing() => Check("no-such-process", oldConnections: false, expected: null);

    private static void Check(string process, bool oldConnections, string? expected)
    {
        int port = FreePort.Next();
        using DelayServer own = DelayServer.Start(IPAddress.IPv6Loopback, port, DelayPlan.None);
        using NginxServer nginx = NginxServer.StartOnIPv4(port);
        LatmonTrace? latmon = oldConnections ? null : LatmonTrace.OfPort(port, "--process", process);
        using HttpConnection toNginx = HttpConnection.Open(port);
        using HttpConnection toOwn = HttpConnection.Open(new IPEndPoint(IPAddress.IPv6Loopback, port));
        if (latmon is null)
        {
            toNginx.Ask(HttpText.Get("/ok/before"));
            toOwn.Ask(HttpText.Get("/before"));
        }

        using LatmonTrace started = latmon ?? LatmonTrace.OfPort(port, "--process", process);
        for (int i = 0; i < 7; i++)
        {
            toNginx.Ask(HttpText.Get("/ok/nginx"));
            toOwn.Ask(HttpText.Get("/own"));
        }

        TraceRun run = started.Finish(expected is null ? 0 : 7);
        Assert.All(run.Paths, path => Assert.Equal(expected, path));
    }
}
