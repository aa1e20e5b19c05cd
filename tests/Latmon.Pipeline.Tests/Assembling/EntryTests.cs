using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>What counts as a request, and which part of a trace a filter shows.</summary>
public sealed class EntryTests
{
    private const int Client = 50;
    private const int App = 100;
    private const int Database = 200;

    [Theory]
    [InlineData("", "client", "app")]
    [InlineData("port:80", "app", "app")]
    [InlineData("port:5432", "query", "query")]
    [InlineData("port:443", "", "")]
    [InlineData("proc:200", "query", "query")]
    [InlineData("proc:postgres", "query", "query")]
    [InlineData("protocol:postgresql", "query", "query")]
    [InlineData("protocol:tcp", "app", "app")]
    [InlineData(">1s", "", "")]
    [InlineData(">5ms", "client", "app")]
    [InlineData("port:5432 >15ms", "", "")]
    public void A_request_is_the_outermost_server_exchange_that_fits(string terms, string trace, string entry)
    {
        Assert.True(FilterText.TryParse(terms, out TraceFilter filter, out _));
        EntryFilter entries = new(filter);
        List<string> traces = [], requests = [];
        _ = Chain(new TraceWorld
        {
            Check = batch =>
            {
                for (int at = 0; entries.TryNextTrace(batch, ref at, out int found);)
                {
                    traces.Add(Name(batch.Items[found]));
                }

                for (int at = 0; entries.TryNextEntry(batch, ref at, out int found);)
                {
                    requests.Add(Name(batch.Items[found]));
                }
            },
        });
        Assert.Equal(trace, string.Join(' ', traces));
        Assert.Equal(entry, string.Join(' ', requests));
    }

    [Fact]
    public void A_request_of_a_local_client_counts_once_and_its_statement_once()
    {
        LiveWindows windows = new(TraceFilter.None);
        Snapshot? snapshot = null;
        _ = Chain(new TraceWorld { Check = batch => snapshot = windows.Add(batch) ?? snapshot }, drainUs: 2_000_000);
        Assert.Equal(1, snapshot!.Duration.Count);
        GroupRow statement = Assert.Single(snapshot.Statements);
        Assert.Equal(("SELECT t WHERE id = ?", 1L), (statement.Key, statement.Summary.Count));
        Assert.Equal(20, statement.Summary.MaxNs / 1_000_000);
        Pipeline.Traces.Trace kept = Assert.Single(snapshot.Latest);
        Assert.Equal((App, "root"), (kept.Process.Pid, kept.Attribution.Method));
        Assert.Equal(Database, Assert.Single(Assert.Single(kept.Children).Children).Process.Pid);
    }

    [Fact]
    public void A_statement_that_the_database_refused_is_an_error()
    {
        LiveWindows windows = new(TraceFilter.None);
        Snapshot? snapshot = null;
        _ = Chain(new TraceWorld { Check = batch => snapshot = windows.Add(batch) ?? snapshot }, drainUs: 2_000_000, sqlState: "40P01");
        Assert.Equal(1, Assert.Single(snapshot!.Statements).Errors);
    }

    [Fact]
    public void Spans_of_a_librarys_calls_count_as_statements_where_no_exchange_was_seen()
    {
        LiveWindows windows = new(TraceFilter.None);
        Snapshot? snapshot = null;
        TraceWorld world = new() { Check = batch => snapshot = windows.Add(batch) ?? snapshot, SpanText = "SELECT v WHERE id = ?" };
        _ = world.Request(App, App, 1000, 30_000);
        world.Span(App, App, 2000, 12_000);
        _ = world.Play(flush: false).Drain(1_000_000).Drain(2_000_000);
        GroupRow statement = Assert.Single(snapshot!.Statements);
        Assert.Equal(("SELECT v WHERE id = ?", 1L, 10_000_000L), (statement.Key, statement.Summary.Count, statement.Summary.MaxNs));
    }

    [Fact]
    public void Spans_of_a_librarys_calls_do_not_count_beside_the_exchanges()
    {
        LiveWindows windows = new(TraceFilter.None);
        Snapshot? snapshot = null;
        TraceWorld world = new() { Check = batch => snapshot = windows.Add(batch) ?? snapshot, SpanText = "SELECT v WHERE id = ?" };
        world.Span(App, App, 2000, 21_000);
        _ = Chain(world, drainUs: 2_000_000);
        Assert.Equal("SELECT t WHERE id = ?", Assert.Single(snapshot!.Statements).Key);
    }

    [Fact]
    public void Of_a_long_trace_the_beginning_is_kept_and_the_rest_is_counted()
    {
        LiveWindows windows = new(TraceFilter.None);
        Snapshot? snapshot = null;
        TraceWorld world = new() { Check = batch => snapshot = windows.Add(batch) ?? snapshot };
        Happening request = world.Request(App, App, 1000, 450_000);
        for (int i = 0; i < 400; i++)
        {
            _ = world.Call(App, App, 2000 + (i * 1000), 2900 + (i * 1000), request.Id, conn: 5);
        }

        _ = world.Play(flush: false).Drain(1_500_000).Drain(2_100_000);
        Pipeline.Traces.Trace trace = Assert.Single(snapshot!.Latest);
        Assert.Equal(256, trace.Children.Length);
        Assert.Contains("144 calls not kept", trace.Notes);
        Assert.Null(trace.Layers.Single(layer => layer.Layer == Layer.App).SelfNs);
    }

    private static TraceWorld Chain(TraceWorld world, double drainUs = 0, string sqlState = "")
    {
        Happening curl = world.Call(Client, Client, 900, 31_000, cause: 0);
        Happening request = world.Request(App, App, 1000, 30_000);
        Happening call = world.Call(App, App, 2000, 22_000, request.Id);
        Happening query = world.Request(Database, Database, 2200, 12_000);
        TraceWorld.Link(curl, request);
        query.Value.LocalPort = 5432;
        TraceWorld.Link(call, query);
        query.Value.Protocol = call.Value.Protocol = ProtocolName.PostgreSql;
        "postgres"u8.CopyTo(query.Value.Comm);
        System.Text.Encoding.ASCII.GetBytes(sqlState).CopyTo(call.Value.Database.SqlState);
        world.Text = "SELECT t WHERE id = ?";
        _ = world.Play(flush: drainUs == 0);
        return drainUs == 0 ? world : world.Drain(drainUs / 2).Drain(drainUs);
    }

    private static string Name(in Exchange exchange) =>
        exchange.Pid switch { Client => "client", Database => "query", _ => exchange.Role == Role.Server ? "app" : "call" };
}
