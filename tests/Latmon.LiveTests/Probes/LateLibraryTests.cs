using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Probes;

/// <summary>An application that loads its database library when it is first asked for something, watched by its port.</summary>
public sealed class LateLibraryTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    private const int Requests = 20;

    [Fact]
    public void Its_calls_are_spans_of_the_requests_that_follow()
    {
        using PythonApplication application = PythonApplication.Start(
            $"host=127.0.0.1 port={shared.Server.Port} user=postgres dbname=postgres");
        using LatmonTrace latmon = LatmonTrace.OfPort(application.Port);
        int before = AskUntilProbed(application, latmon);
        application.Load(connections: 4, Requests);
        TraceRun run = latmon.Finish(before + Requests).ByStart;
        Assert.All(run.Traces.Skip(before), request => Assert.Contains("PQexec", request.SpanNames));
        Assert.All(run.Traces.Skip(before), request => Assert.Contains(
            request.WithCalls(), below => below.SpanNames.SequenceEqual(["query parse", "query plan", "query execute"])));
    }

    private static int AskUntilProbed(PythonApplication application, LatmonTrace latmon)
    {
        Deadline deadline = Deadline.In(Deadline.Usual);
        for (int asked = 1; ; asked++)
        {
            application.Ask(1);
            if (latmon.WaitFor(asked).Any(request => request.SpanNames.Contains("PQexec")))
            {
                return asked;
            }

            Assert.False(deadline.Passed, "The library was never probed.");
        }
    }
}
