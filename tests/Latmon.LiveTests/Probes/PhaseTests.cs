using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Probes;

/// <summary>What nginx does in a request, which its own functions tell when that is asked for.</summary>
public sealed class PhaseTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    [Fact]
    public void Phases_are_spans_of_the_request()
    {
        const int Requests = 10;
        using LatmonTrace latmon = LatmonTrace.OfPort(shared.Server.Port, "--probes", "nginx");
        using HttpConnection connection = HttpConnection.Open(shared.Server.Port);
        for (int i = 0; i < Requests; i++)
        {
            connection.Ask(HttpText.Get("/files/small.txt"));
        }

        TraceRun run = latmon.Finish(Requests);
        Assert.All(run.Traces, request => Assert.Single(request.SpanNames, "handle"));
    }

    [Fact]
    public void Unasked_they_are_left_out()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(shared.Server.Port);
        using HttpConnection connection = HttpConnection.Open(shared.Server.Port);
        connection.Ask(HttpText.Get("/files/small.txt"));
        Assert.Empty(latmon.Finish(1).Only.Spans);
    }
}
