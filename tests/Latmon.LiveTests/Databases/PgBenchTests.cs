using System.Text.RegularExpressions;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Databases;

/// <summary>
/// pgbench on connections that are older than latmon: every statement is seen once, under its text or, when it was prepared before,
/// under its name. The truth is the server's own count and pgbench's.
/// </summary>
public sealed partial class PgBenchTests(PostgresBench bench) : IClassFixture<PostgresBench>
{
    private const int Clients = 8;
    private const int Transactions = 250;
    private const int TransactionsBefore = 1;

    [Theory]
    [InlineData("simple")]
    [InlineData("extended")]
    public void Every_statement_is_counted_under_its_text(string mode)
    {
        TraceRun run = Run(mode);
        Dictionary<string, int> seen = run.Traces.GroupBy(trace => Normalized(trace.Attributes["db.query.text"]))
            .ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(Counts(TransactionsBefore), seen);
        Assert.All(run.Traces, trace => Assert.Equal("postgresql", trace.Protocol));
        Assert.All(run.Traces, trace => Assert.True(trace.Complete, trace.Text));
    }

    [Fact]
    public void Statements_prepared_before_are_counted_under_their_names()
    {
        TraceRun run = Run("prepared");
        Assert.All(run.Traces, trace => Assert.Contains("statement prepared before latmon attached", trace.Notes));
        Assert.All(run.Traces, trace => Assert.Matches("^prepared P[0-9]*_[0-9]+$", trace.Name));
        Assert.Equal(Counts(TransactionsBefore).Values.Order(), run.Traces.GroupBy(trace => trace.Name).Select(group => group.Count()).Order());
    }

    [Fact]
    public void Statements_prepared_in_sight_have_their_text_at_every_execution()
    {
        bench.Server.Query("SELECT pg_stat_statements_reset()");
        using LatmonTrace latmon = LatmonTrace.OfPort(bench.Server.Port);
        using ChildProcess pgbench = bench.StartPgBench("prepared", Clients, Transactions);
        Assert.True(pgbench.WaitForExit(Deadline.Usual) == 0, string.Join('\n', pgbench.Errors.Lines));
        Dictionary<string, int> expected = Counts(before: 0);
        _ = latmon.WaitFor(expected.Values.Sum());
        IEnumerable<TraceLine> executed = latmon.Stop().Traces
            .Where(trace => trace.Name != "connect" && !trace.Notes.Contains("prepared, not executed"))
            .Where(trace => expected.ContainsKey(Normalized(trace.Attributes["db.query.text"])));
        Assert.Equal(expected, executed.GroupBy(trace => Normalized(trace.Attributes["db.query.text"]))
            .ToDictionary(group => group.Key, group => group.Count()));
    }

    /// <summary>Sockets in the file system are called across network namespaces, and belong to the caller's.</summary>
    [Theory]
    [InlineData("simple")]
    [InlineData("extended")]
    [InlineData("prepared")]
    public void Over_the_socket_every_statement_is_counted(string mode)
    {
        using NetworkNamespace inside = NetworkNamespace.Create();
        TraceRun run = Run(
            () => bench.StartLocalPgBench(inside, mode, Clients, Transactions), () => LatmonTrace.Start("--netns", inside.Path));
        Assert.Equal(
            Counts(TransactionsBefore).Values.Order(),
            run.Traces.GroupBy(trace => mode == "prepared" ? trace.Name : Normalized(trace.Attributes["db.query.text"]))
                .Select(group => group.Count()).Order());
        string socket = Path.Combine(bench.Server.SocketDirectory, $".s.PGSQL.{bench.Server.Port}");
        Assert.All(run.Traces, trace => Assert.Equal(
            ("postgresql", "unix", socket, socket, "postgres", true),
            (trace.Protocol, trace.Family, trace.Local, trace.Remote, trace.Comm, trace.Complete)));
        Assert.All(run.Traces, trace => Assert.All(trace.Layers, layer => Assert.Equal("measured", layer.Evidence)));
        Assert.All(run.Traces, trace => Assert.DoesNotContain(trace.Layers, layer => layer.Layer.StartsWith("tcp.", StringComparison.Ordinal)));
    }

    private TraceRun Run(string mode) => Run(
        () => bench.StartPgBench(mode, Clients, Transactions), () => LatmonTrace.OfPort(bench.Server.Port));

    /// <summary>All clients have made a transaction and wait for a lock when latmon comes.</summary>
    private TraceRun Run(Func<ChildProcess> start, Func<LatmonTrace> watch)
    {
        using ChildProcess holder = bench.HoldLock();
        using ChildProcess pgbench = start();
        bench.WaitForWaiting(Clients);
        bench.Server.Query("SELECT pg_stat_statements_reset()");
        using LatmonTrace latmon = watch();
        bench.ReleaseLock();
        Assert.True(pgbench.WaitForExit(Deadline.Usual) == 0, string.Join('\n', pgbench.Errors.Lines));
        return latmon.Finish(Clients * (Transactions - TransactionsBefore) * PostgresBench.StatementsPerTransaction);
    }

    private Dictionary<string, int> Counts(int before)
    {
        Dictionary<string, int> counts = bench.Server.Query(
            "SELECT calls || ' ' || query FROM pg_stat_statements WHERE query ~ 'pgbench_'")
            .Select(line => line.Split(' ', 2)).GroupBy(parts => Normalized(parts[1]))
            .ToDictionary(group => group.Key, group => group.Sum(parts => int.Parse(parts[0], null)));
        // The server counts BEGIN and END only where they are parsed: of prepared ones pgbench, which ended well, is the witness.
        counts["BEGIN"] = counts["END"] = Clients * (Transactions - before);
        Assert.Equal(PostgresBench.StatementsPerTransaction, counts.Count);
        Assert.All(counts, count => Assert.Equal(Clients * (Transactions - before), count.Value));
        return counts;
    }

    private static string Normalized(string text) => Parameter().Replace(text, "?");

    [GeneratedRegex(@"\$[0-9]+")]
    private static partial Regex Parameter();
}
