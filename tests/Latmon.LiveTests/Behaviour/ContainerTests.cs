using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Behaviour;

/// <summary>A process in a control group as a container runtime makes it.</summary>
public sealed class ContainerTests
{
    private const string Id = "6a8f1d8c0b2e4f7a9c3d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3";

    [Fact]
    public void A_request_tells_the_container_of_the_process_that_served_it()
    {
        using ControlGroup container = new($"docker-{Id}.scope");
        using NginxServer inside = NginxServer.Start();
        using NginxServer outside = NginxServer.Start();
        container.Add(inside.WorkerPid);
        using LatmonTrace latmon = LatmonTrace.Start("--process", "nginx", "--port", $"{inside.Port}", "--port", $"{outside.Port}");
        foreach (NginxServer server in (NginxServer[])[inside, outside, inside])
        {
            using HttpConnection connection = HttpConnection.Open(server.Port);
            connection.Ask(HttpText.Get("/ok/contained"));
        }

        TraceRun run = latmon.Finish(3);
        Assert.Equal(
            [(inside.Port, Id), (inside.Port, Id), (outside.Port, null)],
            run.Traces.Select(trace => (trace.LocalPort, trace.Container)).OrderBy(trace => trace.LocalPort == outside.Port));
    }
}
