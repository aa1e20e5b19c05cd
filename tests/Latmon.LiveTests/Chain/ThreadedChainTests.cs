using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Chain;

/// <summary>nginx → an application with a thread for each connection → PostgreSQL.</summary>
public sealed class ThreadedChainTests(SharedPostgres postgres) : IClassFixture<SharedPostgres>
{
    private const int Requests = 2000;

    [Theory]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(8, false)]
    public void Every_request_is_one_trace_down_to_the_backend(int pool, bool keepAlive)
    {
        using ChainStage stage = new(ChainApplication.Threaded(postgres.Server.Port, pool), keepAlive);
        TraceRun run = stage.Watch("two", Requests);
        Assert.All(run.Traces, trace => ChainTruth.CheckDepth(trace, statements: 2));
        ChainTruth truth = ChainTruth.Of(run, statementsPerRequest: 2);
        Assert.InRange(truth.Right, 0.995, 1);
        Assert.InRange(truth.Wrong, 0, 0.002);
    }

    [Fact]
    public void What_libpq_and_the_backend_say_lies_in_their_exchanges()
    {
        using ChainStage stage = new(ChainApplication.Threaded(postgres.Server.Port, pool: 0));
        TraceRun run = stage.Watch("two", 100);
        foreach (TraceLine application in run.Exchanges.Where(exchange => exchange.Pid == stage.Application.Pid && exchange.Role == "server"))
        {
            Assert.Equal(2, application.Spans.Count(span => span.Name == "PQexec"));
        }

        foreach (TraceLine backend in run.Exchanges.Where(exchange => exchange is { Protocol: "postgresql", Role: "server" } && exchange.Name != "connect"))
        {
            Assert.Equal(["query parse", "query plan", "query execute"], backend.Spans.Select(span => span.Name));
        }
    }

    [Fact]
    public void An_id_in_both_heads_is_certain()
    {
        using ChainStage stage = new(ChainApplication.Threaded(postgres.Server.Port, pool: 0));
        TraceRun run = stage.Watch("one", 400, i => [$"traceparent: 00-{i + 1:x32}-00f067aa0ba902b7-01"]);
        Assert.All(run.Traces, trace => Assert.Equal("header certain", Assert.Single(trace.Children).Attribution));
    }
}
