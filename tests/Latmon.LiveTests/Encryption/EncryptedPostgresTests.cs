using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Encryption;

/// <summary>PostgreSQL with ssl=on and clients that insist on it: the statement at both ends, by the library at both ends.</summary>
public sealed class EncryptedPostgresTests : IDisposable
{
    private const int Clients = 4;
    private const int Statements = 100;

    private readonly PostgresServer _postgres = PostgresServer.StartEncrypted();

    [Theory]
    [InlineData("simple", "select ? + ? as answer")]
    [InlineData("extended", "select $1 + ? as answer")]
    [InlineData("prepared", "select $1 + ? as answer")]
    public void Every_statement_has_its_text(string mode, string text)
    {
        string script = Path.Combine(_postgres.SocketDirectory, "answer.sql");
        File.WriteAllText(script, "select :client_id + 41 as answer;\n");
        using LatmonTrace latmon = LatmonTrace.OfPort(_postgres.Port, "--tls");
        using ChildProcess pgbench = _postgres.StartClient(
            "pgbench", "-n", "-M", mode, "-c", $"{Clients}", "-t", $"{Statements}", "-f", script);
        Assert.True(pgbench.WaitForExit(Deadline.Usual) == 0, string.Join('\n', pgbench.Errors.Lines));
        latmon.WaitUntil(lines => lines.Count(line => IsStatement(line, text)) >= Clients * Statements);
        TraceRun run = latmon.Stop();
        Assert.Equal(Clients * Statements, run.Traces.Count(line => IsStatement(line, text)));
        Assert.All(run.Traces, line => Assert.True(
            IsStatement(line, text) || line.Name is "connect" || line.Notes.Contains("prepared, not executed"), line.Text));
        Assert.Equal(0, run.Count.Lost);
    }

    /// <summary>What the application's library sends and gets, and what the backend's gets and sends: both below the request.</summary>
    [Fact]
    public void A_request_has_the_call_and_the_call_has_the_backend()
    {
        const int Requests = 200;
        using PythonApplication application = PythonApplication.Start(
            $"host=127.0.0.1 port={_postgres.Port} user=postgres dbname=postgres sslmode=require");
        application.Ask(1); // loads the library
        using LatmonTrace latmon = LatmonTrace.OfPort(application.Port, "--tls");
        application.Load(connections: 8, Requests);
        TraceRun run = latmon.Finish(Requests);
        foreach (TraceLine request in run.Traces)
        {
            TraceLine? call = request.Children.SingleOrDefault(child => child.Name != "connect");
            Assert.True(call is not null, request.Text);
            Assert.Equal("select ?, pg_sleep(?)", call.Attributes["db.query.text"]);
            TraceLine backend = Assert.Single(call.Children);
            Assert.Equal("select ?, pg_sleep(?)", backend.Attributes["db.query.text"]);
            Assert.Contains("PQexec", request.SpanNames);
            Assert.Equal(["query parse", "query plan", "query execute"], backend.SpanNames);
        }
    }

    public void Dispose() => _postgres.Dispose();

    private static bool IsStatement(TraceLine line, string text) =>
        line.Protocol == "postgresql" && line.Attributes.TryGetValue("db.query.text", out string? query) && query.TrimEnd(';') == text
        && !line.Notes.Contains("prepared, not executed");
}
