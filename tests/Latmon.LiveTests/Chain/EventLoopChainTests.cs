using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Chain;

/// <summary>
/// nginx → node → PostgreSQL: one thread has many requests at once on its mind, and sixteen of them share ten connections, which is
/// what <c>pg</c> allows by default.
/// </summary>
public sealed class EventLoopChainTests(SharedPostgres postgres) : IClassFixture<SharedPostgres>
{
    private const int Requests = 2000;

    [Theory]
    [InlineData("one", 1, 10)]
    [InlineData("two", 2, 10)]
    [InlineData("two", 2, 32)]
    [InlineData("both", 2, 10)]
    [InlineData("transaction", 2, 10)]
    public void Nearly_every_statement_lies_under_its_request(string kind, int statements, int pool)
    {
        ChainTruth truth = ChainTruth.Of(Watch(kind, pool), statements);
        Assert.InRange(truth.Right, 0.95, 1);
        Assert.InRange(truth.Wrong, 0, 0.01);
    }

    /// <summary>100 requests share two connections, so that each takes longer than others are held, and latmon comes in the middle of it.</summary>
    [Theory]
    [InlineData("two")]
    [InlineData("transaction")]
    public void Nearly_every_statement_of_a_long_line_lies_under_its_request(string kind)
    {
        using ChainStage stage = new(ChainApplication.EventLoop(postgres.Server.Port, pool: 2));
        TraceRun run = stage.Join(kind, 2 * Requests, connections: 100);
        Assert.InRange(run.Traces.Count, Requests, 2 * Requests);
        ChainTruth truth = ChainTruth.Of(run, statementsPerRequest: 2);
        Assert.InRange(truth.Right, 0.85, 1);
        Assert.InRange(truth.Wrong, 0, 0.01);
    }

    [Theory]
    [InlineData("two", 2, 2)]
    [InlineData("pausing", 1, 10)]
    [InlineData("pausing", 1, 32)]
    public void Where_nobody_can_know_hardly_any_lies_under_a_wrong_one(string kind, int statements, int pool) =>
        Assert.InRange(ChainTruth.Of(Watch(kind, pool), statements).Wrong, 0, 0.01);

    [Fact]
    public void A_thread_that_has_many_requests_on_its_mind_tells_nothing_of_ones_cpu()
    {
        TraceRun run = Watch("two", pool: 10);
        Assert.All(run.Exchanges.Where(exchange => exchange is { Comm: "node", Role: "server" }), exchange => Assert.Null(exchange.Cpu));
    }

    private TraceRun Watch(string kind, int pool)
    {
        using ChainStage stage = new(ChainApplication.EventLoop(postgres.Server.Port, pool));
        return stage.Watch(kind, Requests);
    }
}
