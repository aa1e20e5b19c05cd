using Latmon.Pipeline.Filtering;
using Latmon.Testing;

namespace Latmon.Capture.Tests.Probes;

/// <summary>What libpq and PostgreSQL tell of themselves, on a cluster of the test's own; the client's clock is the truth.</summary>
public sealed class LiveSpanTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    private const long ToleranceNs = 2_000_000;

    [Fact]
    public void A_call_of_libpq_takes_as_long_as_its_caller_waits()
    {
        using LibpqClient client = new(postgres);
        using SpanCapture capture = new(SpanCapture.Processes(client.Pid));
        (long startNs, long endNs) = client.Time("""timed(ca, "select pg_sleep(0.05), 'secret'")""");
        SpanCapture.Told span = Assert.Single(capture.WaitFor("PQexec", 1));
        Assert.Equal(("uprobe:libpq", client.Pid, "select pg_sleep(?), ?"), (span.Source, span.Pid, span.Text));
        Assert.InRange(span.StartNs, startNs, startNs + ToleranceNs);
        Assert.InRange(span.StartNs + span.DurationNs, endNs - ToleranceNs, endNs);
        Assert.InRange(span.DurationNs, 50_000_000, endNs - startNs);
        Assert.Equal((1, 0L), (capture.Spans.Count, capture.Lost));
    }

    [Fact]
    public void A_lock_wait_is_a_span_of_its_own()
    {
        using LibpqClient client = new(postgres);
        client.Do("""ca.execute("drop table if exists t; create table t as select 0 as v")""");
        using SpanCapture capture = new(SpanCapture.Processes(client.Backends[1]));
        (long startNs, long askedNs, long givenNs) = client.Hold(0.08);
        SpanCapture.Told wait = Assert.Single(capture.WaitFor("lock wait", 1));
        Assert.Equal(("usdt:postgresql", client.Backends[1]), (wait.Source, wait.Pid));
        Assert.InRange(wait.StartNs, startNs, startNs + ToleranceNs);
        Assert.InRange(wait.StartNs + wait.DurationNs, askedNs, givenNs + ToleranceNs);
        SpanCapture.Told execute = Assert.Single(
            capture.WaitFor("query execute", 1),
            span => wait.StartNs >= span.StartNs && wait.StartNs + wait.DurationNs <= span.StartNs + span.DurationNs);
        Assert.InRange(execute.DurationNs, wait.DurationNs, wait.DurationNs + ToleranceNs);
    }

    [Theory]
    [InlineData("simple")]
    [InlineData("extended")]
    [InlineData("prepared")]
    public void Every_statement_of_a_new_backend_is_parsed_planned_and_executed(string protocol)
    {
        const int Statements = 23;
        File.WriteAllText($"{postgres.Directory}/statement.sql", "select 42 + count(*) from pg_class where relname = 'x';\n");
        using SpanCapture capture = new(new TraceFilter { Ports = [postgres.Port] });
        postgres.Client("pgbench", "-n", "-M", protocol, "-t", $"{Statements}", "-f", $"{postgres.Directory}/statement.sql", "postgres");
        IReadOnlyList<SpanCapture.Told> executed = capture.WaitFor("query execute", Statements);
        string text = "select ? + count(*) from pg_class where relname = ?;";
        Assert.Equal(protocol == "prepared" ? 1 : Statements, capture.Of("query parse").Count(span => span.Text.StartsWith(text[..^1], StringComparison.Ordinal)));
        Assert.Equal(Statements, executed.Count(span => span.Pid == executed[^1].Pid));
        Assert.DoesNotContain(capture.Spans, span => span.Text.Contains("42", StringComparison.Ordinal));
        Assert.Equal(0, capture.Lost);
    }

    [Fact]
    public void A_sort_is_a_span()
    {
        using LibpqClient client = new(postgres);
        using SpanCapture capture = new(SpanCapture.Processes(client.Backends[0]));
        client.Do("""timed(ca, "select g from generate_series(1, 200000) g order by md5(g::text)")""");
        SpanCapture.Told sort = Assert.Single(capture.WaitFor("sort", 1));
        SpanCapture.Told execute = Assert.Single(capture.WaitFor("query execute", 1));
        Assert.InRange(sort.StartNs, execute.StartNs, execute.StartNs + execute.DurationNs);
        Assert.True(sort.DurationNs > 1_000_000);
    }

    [Fact]
    public void Asynchronous_calls_end_with_their_first_result()
    {
        using SpanCapture capture = new(new TraceFilter { Processes = ["psql"] }, "libpq");
        postgres.Client("psql", "-c", "select pg_sleep(1.2)", "-c", "select pg_sleep(0.05)", "postgres");
        SpanCapture.Told last = capture.WaitFor("PQsendQuery", 1)[^1];
        Assert.Equal("select pg_sleep(?)", last.Text);
        Assert.InRange(last.DurationNs, 50_000_000, 50_000_000 + (5 * ToleranceNs));
    }

    /// <summary>An error leaves parse and execute by longjmp, past their done marks; what comes next is not disturbed.</summary>
    [Fact]
    public void Errors_leave_nothing_behind()
    {
        using LibpqClient client = new(postgres);
        client.Do("""exec("def fails(text):\n try: ca.execute(text)\n except Exception: return 'failed'\n", globals()) or 'defined'""");
        using SpanCapture capture = new(SpanCapture.Processes(client.Backends[0]), "postgresql");
        Assert.Equal("failed", client.Do("""fails("select 1/0 from pg_sleep(0.02)")"""));
        Assert.Equal("failed", client.Do("""fails("select sel ect")"""));
        (long startNs, long endNs) = client.Time("""timed(ca, "select pg_sleep(0.02)")""");
        SpanCapture.Told execute = Assert.Single(capture.WaitFor("query execute", 1));
        Assert.InRange(execute.StartNs, startNs, endNs);
        Assert.InRange(execute.DurationNs, 20_000_000, endNs - startNs);
    }

    [Fact]
    public void A_process_that_the_filter_leaves_out_is_not_reported_and_its_file_not_probed()
    {
        using LibpqClient client = new(postgres);
        using LibpqClient other = new(postgres);
        using SpanCapture capture = new(SpanCapture.Processes(client.Pid), "libpq");
        other.Do("""timed(ca, "select 1")""");
        client.Do("""timed(ca, "select 2")""");
        Assert.Equal(client.Pid, Assert.Single(capture.WaitFor("PQexec", 1)).Pid);
        capture.Apply(SpanCapture.Processes(Environment.ProcessId));
        client.Do("""timed(ca, "select 3")""");
        capture.Apply(SpanCapture.Processes(other.Pid));
        Assert.True(Eventually.Is(() => { other.Do("""timed(ca, "select 4")"""); return capture.Of("PQexec").Count > 1; }));
        Assert.All(capture.Of("PQexec").Skip(1), span => Assert.Equal(other.Pid, span.Pid));
    }
}
