using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Selection;

/// <summary>The same address and port twice, outside and inside a network namespace.</summary>
public sealed class NamespaceFilterTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Only_the_named_namespace_is_seen(bool byPath, bool oldConnections)
    {
        using NetworkNamespace inside = NetworkNamespace.Create();
        using NginxServer outer = NginxServer.Start();
        using NginxServer inner = NginxServer.StartInside(inside, outer.Port);
        string name = byPath ? inside.Path : inner.WorkerPid.ToString(CultureInfo.InvariantCulture);
        HttpConnection Inner() => inside.Run(() => HttpConnection.Open(outer.Port));

        HttpConnection? old = oldConnections ? Inner() : null;
        old?.Ask(HttpText.Get("/ok/before"));
        using LatmonTrace latmon = LatmonTrace.OfPort(outer.Port, "--netns", name);
        using HttpConnection there = old ?? Inner();
        using HttpConnection here = HttpConnection.Open(outer.Port);
        for (int i = 0; i < 7; i++)
        {
            here.Ask(HttpText.Get("/ok/outside"));
            there.Ask(HttpText.Get("/ok/inside"));
        }

        TraceRun run = latmon.Finish(7);
        Assert.All(run.Traces, trace => Assert.Equal("GET /ok/inside 200", trace.Summary));
        Assert.All(run.Traces, trace => Assert.Equal(inner.WorkerPid, trace.Pid));
    }

    [Fact]
    public void Without_a_namespace_filter_the_same_port_in_both_is_seen_and_not_mixed()
    {
        using NetworkNamespace inside = NetworkNamespace.Create();
        using NginxServer outer = NginxServer.Start();
        using NginxServer inner = NginxServer.StartInside(inside, outer.Port);
        using LatmonTrace latmon = LatmonTrace.OfPort(outer.Port);
        using HttpConnection there = inside.Run(() => HttpConnection.Open(outer.Port));
        using HttpConnection here = HttpConnection.Open(outer.Port);
        here.Ask(HttpText.Get("/ok/outside"));
        there.Ask(HttpText.Get("/ok/inside"));

        TraceRun run = latmon.Finish(2).ByStart;
        Assert.Equal(["/ok/outside", "/ok/inside"], run.Paths);
        Assert.Equal([outer.WorkerPid, inner.WorkerPid], run.Traces.Select(trace => trace.Pid));
    }
}
