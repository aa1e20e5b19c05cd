using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Databases;

/// <summary>psql on the watched port: what it sends is real, and what it says of values must not come out.</summary>
public sealed class PostgresTests(SharedPostgres postgres) : IClassFixture<SharedPostgres>
{
    [Fact]
    public void An_error_has_its_code_and_a_login_is_one_exchange()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(postgres.Server.Port);
        postgres.Server.Psql("-c", "SELECT 'SECRET'::int FROM pg_class WHERE relname IN ('SECRET', 'SECRET2')", "-c", "SELECT 1 / 0");
        TraceRun run = latmon.Finish(3);
        Assert.Equal(
        [
            "connect - - -",
            "SELECT pg_class SELECT ?::int FROM pg_class WHERE relname IN (?) 22P02 -",
            "SELECT SELECT ? / ? 22012 -",
        ], run.ByStart.Traces.Select(Summary));
        Assert.All(run.Traces, trace => Assert.DoesNotContain("SECRET", trace.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_are_counted_in_short_and_in_long_answers()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(postgres.Server.Port);
        postgres.Server.Psql("-o", "/dev/null", "-c", "SELECT 1 WHERE false", "-c", "CREATE TABLE rows AS SELECT generate_series(1, 9)", "-c", "UPDATE rows SET generate_series = 5", "-c", "TABLE rows");
        Assert.Equal(
        [
            "connect - - -", "SELECT SELECT ? WHERE false - 0",
            "CREATE TABLE CREATE TABLE rows AS SELECT generate_series(?, ?) - 9",
            "UPDATE rows UPDATE rows SET generate_series = ? - 9", "TABLE rows TABLE rows - 9",
        ], latmon.Finish(5).ByStart.Traces.Select(Summary));
    }

    [Fact]
    public void A_long_answer_is_one_exchange()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(postgres.Server.Port);
        postgres.Server.Psql("-o", "/dev/null", "-c", "SELECT g, repeat('x', 1000) FROM generate_series(1, 20000) g");
        TraceLine trace = latmon.Finish(2).ByStart.Traces[1];
        Assert.Equal("SELECT generate_series", trace.Name);
        Assert.InRange(trace.ResponseBytes, 20_000_000, 30_000_000);
    }

    [Fact]
    public void Copied_rows_belong_to_their_statement()
    {
        string rows = Path.Combine(postgres.Server.SocketDirectory, "rows");
        File.WriteAllLines(rows, Enumerable.Range(0, 1000).Select(i => $"SECRET{i}"));
        postgres.Server.Query("CREATE TABLE copied (a text)");
        using LatmonTrace latmon = LatmonTrace.OfPort(postgres.Server.Port);
        postgres.Server.Psql("-c", $"\\copy copied FROM '{rows}'", "-c", "\\copy copied TO '/dev/null'");
        TraceRun run = latmon.Finish(3);
        IReadOnlyList<TraceLine> traces = run.ByStart.Traces;
        Assert.Equal(["connect - - -", "COPY copied COPY copied FROM STDIN - 1000"], traces.Take(2).Select(Summary));
        Assert.Equal("COPY copied TO STDOUT", traces[2].Attributes["db.query.text"]);
        Assert.All(traces.Skip(1), trace => Assert.Contains("copy", trace.Notes));
        Assert.All(run.Traces, trace => Assert.DoesNotContain("SECRET", trace.Text, StringComparison.Ordinal));
    }

    private static string Summary(TraceLine trace) => string.Join(' ',
        trace.Name == "connect" ? "connect -" : $"{trace.Name} {trace.Attributes["db.query.text"]}",
        trace.Attributes.GetValueOrDefault("db.response.status_code", "-"),
        trace.Attributes.GetValueOrDefault("db.response.returned_rows")
            ?? trace.Attributes.GetValueOrDefault("db.response.affected_rows", "-"));
}
