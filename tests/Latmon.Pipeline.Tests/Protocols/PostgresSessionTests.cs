using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Wire;
using static Latmon.Pipeline.Tests.Protocols.PostgresBytes;

namespace Latmon.Pipeline.Tests.Protocols;

public sealed class PostgresSessionTests
{
    private readonly PostgresConversation _talk = new();

    [Fact]
    public void A_simple_query_is_finished_when_the_server_is_ready() =>
        Only("SELECT t | select a from t where id = ? | returned_rows=1",
            Query("select a from t where id = 7"), Columns, Row("1"), Complete("SELECT 1"), Ready());

    [Fact]
    public void Rows_changed_are_not_rows_returned() =>
        Only("UPDATE t | update t set a = ? | affected_rows=3 | in transaction",
            Query("update t set a = 7"), Complete("UPDATE 3"), Ready('T'));

    [Fact]
    public void An_error_says_its_code_and_nothing_else() =>
        Only("SELECT missing | select ? from missing | status_code=42P01",
            Query("select 'secret' from missing"), Error("42P01", "relation \"secret\" does not exist"), Ready());

    [Fact]
    public void A_cancelled_statement_says_so() =>
        Only("SELECT | select pg_sleep(?) | status_code=57014 | cancelled",
            Query("select pg_sleep(100)"), Error("57014", "canceling statement due to user request"), Ready());

    [Fact]
    public void Several_statements_in_one_query() =>
        Only("UPDATE t | begin; update t set a = ?; commit | size=3 affected_rows=1",
            Query("begin; update t set a = 1; commit;"), Complete("BEGIN"), Complete("UPDATE 1"), Complete("COMMIT"), Ready());

    [Fact]
    public void An_empty_query() => Only("nginx:80", Query(""), EmptyQuery, Ready());

    [Fact]
    public void Extended_protocol_in_one_burst() =>
        Only("SELECT t | select a from t where id = $1 | returned_rows=1",
            Join(Parse("", "select a from t where id = $1"), Bind("", "", "secret"), Describe("", 'P'), Execute(), Sync),
            Parsed, Bound, Columns, Row("1"), Complete("SELECT 1"), Ready());

    [Fact]
    public void A_prepared_statement_is_remembered_by_its_name()
    {
        Only("PREPARE SELECT t | select a from t where id = $1 |  | prepared, not executed",
            Join(Parse("S_1", "select a from t where id = $1"), Describe("S_1"), Sync), Parsed, NoData, Ready());
        for (int i = 0; i < 3; i++)
        {
            Only("SELECT t | select a from t where id = $1 | returned_rows=1",
                Join(Bind("S_1", "", "secret"), Execute(), Sync), Bound, Row("1"), Complete("SELECT 1"), Ready());
        }
    }

    [Fact]
    public void One_prepared_before_is_only_its_name()
    {
        byte[] execute = Join(Bind("S_1", "", "secret"), Execute(), Sync);
        Only("prepared S_1 | prepared S_1 | affected_rows=1 | statement prepared before latmon attached",
            execute, Bound, Complete("INSERT 0 1"), Ready());
        Only("prepared ? | prepared ? |  | statement prepared before latmon attached",
            Join(Bind("it's a secret"), Execute(), Sync), Bound, Complete("BEGIN"), Ready());
        Only("prepared ? | prepared ? |  | statement prepared before latmon attached",
            Join(Bind(""), Execute(), Sync), Bound, Complete("BEGIN"), Ready());
    }

    [Fact]
    public void A_name_that_was_closed_or_deallocated_is_no_longer_known()
    {
        foreach (byte[] end in (byte[][])[Join(Close("S_1"), Sync), Query("DEALLOCATE s_1"), Query("discard all"), Query("deallocate prepare S_1")])
        {
            _ = _talk.Turn(Join(Parse("s_1", "select a from t"), Sync), Join(Parsed, Ready()));
            _ = _talk.Turn(Join(Parse("S_1", "select a from t"), Sync), Join(Parsed, Ready()));
            _ = _talk.Turn(end, Join(Complete("DEALLOCATE"), Ready()));
            string name = end[0] == 'C' ? "S_1" : "s_1";
            Trace trace = Assert.Single(_talk.Turn(Join(Bind(name), Execute(), Sync), Join(Bound, Complete("SELECT 0"), Ready())));
            Assert.Equal($"prepared {name}", trace.Name);
        }
    }

    [Fact]
    public void A_name_whose_preparation_failed_is_not_known()
    {
        _ = _talk.Turn(Join(Parse("a", "select 1 from one"), Parse("b", "select 2 from two"), Sync), Join(Parsed, Error("42P05", "exists"), Ready()));
        Only("SELECT one | select ? from one | returned_rows=1", Join(Bind("a"), Execute(), Sync), Bound, Complete("SELECT 1"), Ready());
        Only("prepared b | prepared b | returned_rows=1 | statement prepared before latmon attached",
            Join(Bind("b"), Execute(), Sync), Bound, Complete("SELECT 1"), Ready());
    }

    [Fact]
    public void After_lost_turns_no_name_is_trusted()
    {
        _ = _talk.Turn(Join(Parse("a", "select 1 from one"), Sync), Join(Parsed, Ready()));
        _ = _talk.Skip();
        Only("prepared a | prepared a | returned_rows=1 | statement prepared before latmon attached",
            Join(Bind("a"), Execute(), Sync), Bound, Complete("SELECT 1"), Ready());
    }

    [Fact]
    public void Pipeline_mode_with_one_sync_and_with_several()
    {
        byte[] one = Join(Parse("", "insert into t values ($1)"), Bind(""), Execute());
        byte[] done = Join(Parsed, Bound, Complete("INSERT 0 1"));
        Only("INSERT t | insert into t values ($1) | size=3 affected_rows=3", Join(one, one, one, Sync), done, done, done, Ready());
        byte[] burst = Join(one, Sync, one, Sync);
        Assert.Empty(_talk.Turn(burst, Join(done, Ready())));
        Assert.Equal("INSERT t | insert into t values ($1) | size=2 affected_rows=2",
            Single(_talk.Again(burst, Join(done, Ready(), done, Ready()))));
    }

    [Fact]
    public void Different_statements_of_a_pipeline_are_joined() =>
        Only("UPDATE t | BEGIN; update t set a = $1 | size=2 affected_rows=1 | in transaction",
            Join(Parse("", "BEGIN"), Bind(""), Execute(), Parse("", "update t set a = $1"), Bind(""), Execute(), Sync),
            Parsed, Bound, Complete("BEGIN"), Parsed, Bound, Complete("UPDATE 1"), Ready('T'));

    [Fact]
    public void Rows_to_copy_belong_to_the_statement()
    {
        Assert.Empty(_talk.Turn(Query("copy t from stdin"), CopyIn));
        Assert.Empty(_talk.Wait());
        Assert.Equal("COPY t | copy t from stdin | returned_rows=2 | copy",
            Single(_talk.Turn(Join(CopyData("secret\n"), CopyData("2\n"), CopyDone), Join(Complete("COPY 2"), Ready()))));
        Only("COPY t | copy t to stdout | returned_rows=1 | copy",
            Query("copy t to stdout"), CopyOut, Message('d', 49, 10), CopyDone, Complete("COPY 1"), Ready());
    }

    [Fact]
    public void A_copy_that_the_client_gives_up()
    {
        Assert.Empty(_talk.Turn(Query("copy t from stdin"), CopyIn));
        Assert.Equal("COPY t | copy t from stdin | status_code=57014 | copy, cancelled",
            Single(_talk.Turn(CopyFail("secret"), Join(Error("57014", "COPY from stdin failed: secret"), Ready()))));
    }

    [Fact]
    public void The_beginning_of_a_connection_is_one_exchange()
    {
        Assert.Empty(_talk.Turn(GssRequest, [(byte)'N']));
        Assert.Empty(_talk.Turn(TlsRequest, [(byte)'N']));
        Assert.Empty(_talk.Turn(Startup, Authentication(10, 83, 67, 0, 0)));
        Assert.Empty(_talk.Turn(Password("secret"), Authentication(11, 1, 2)));
        Assert.Equal("connect",
            Single(_talk.Turn(Password("secret"), Join(Authentication(0), Parameter("server_version", "15"), Key, Ready()))));
        Only("BEGIN | BEGIN |  | in transaction", Query("BEGIN"), Complete("BEGIN"), Ready('T'));
    }

    [Fact]
    public void A_refused_login_says_its_code()
    {
        Assert.Empty(_talk.Turn(Startup, Authentication(5, 1, 2, 3, 4)));
        Trace trace = Assert.Single(_talk.Turn(Password("secret"), Error("28P01", "password authentication failed"), TurnNotes.Closed));
        Assert.Equal("connect |  | status_code=28P01", PostgresConversation.Summary(trace));
    }

    [Fact]
    public void A_granted_request_for_TLS_ends_what_can_be_read()
    {
        Assert.Equal("connect", Single(_talk.Turn(TlsRequest, [(byte)'S'])));
        Assert.Empty(_talk.Turn([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc], [0x16, 3, 3, 0, 0x7a, 2, 0, 0]));
        Assert.Empty(_talk.Turn([0x17, 3, 3, 0, 1, 9], [0x17, 3, 3, 0, 1, 9]));
        Trace tls = Assert.Single(_talk.End());
        Assert.Equal("tls", tls.Protocol);
    }

    [Fact]
    public void A_request_to_cancel_and_a_good_bye_are_no_exchanges()
    {
        Assert.Empty(_talk.Turn(CancelRequest, [], TurnNotes.Closed));
        Assert.Empty(_talk.End());
        PostgresConversation other = new();
        _ = other.Turn(Query("select 1"), Join(Complete("SELECT 1"), Ready()));
        Assert.Empty(other.Turn(Terminate, [], TurnNotes.Closed));
    }

    [Fact]
    public void A_backend_that_dies_leaves_an_exchange_without_answer()
    {
        _ = _talk.Turn(Query("select 1"), Join(Complete("SELECT 1"), Ready()));
        Trace trace = Assert.Single(_talk.Turn(Query("select 2 from t"), [], TurnNotes.Closed));
        Assert.Equal(("SELECT t", false), (trace.Name, trace.Complete));
    }

    [Fact]
    public void A_long_answer_is_open_until_the_server_is_ready()
    {
        byte[] rows = Join([.. Enumerable.Repeat(Row(new string('x', 100)), 20)]);
        byte[] query = Query("select a from t");
        Assert.Empty(_talk.Turn(query, Join(Columns, rows)));
        Assert.Empty(_talk.Wait());
        Assert.StartsWith("SELECT t | select a from t",
            Single(_talk.Again(query, Join(Columns, rows, rows, Complete("SELECT 40"), Ready()))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_statement_longer_than_what_was_captured_is_cut()
    {
        string summary = Single(_talk.Turn(Query($"select a from t where b = '{new string('s', 2000)}' and c = 5"), Join(Complete("SELECT 1"), Ready())));
        Assert.Equal("SELECT t | select a from t where b = ? | returned_rows=1 | statement cut", summary);
    }

    [Fact]
    public void A_replication_stream_is_reported_once()
    {
        _ = _talk.Turn(Query("IDENTIFY_SYSTEM"), Join(Complete("IDENTIFY_SYSTEM"), Ready()));
        Trace trace = Assert.Single(_talk.Turn(Query("START_REPLICATION SLOT s PHYSICAL 0/3000000"), CopyBoth));
        Assert.Contains("stream", trace.Notes);
        Assert.Empty(_talk.Turn(CopyData("r"), CopyData("w")));
        Assert.Empty(_talk.End());
    }

    [Fact]
    public void Preparing_with_flush_and_executing_with_sync_are_two()
    {
        Assert.Empty(_talk.Turn(Join(Parse("p", "select a from t"), Describe("p"), Flush), Join(Parsed, NoData)));
        IReadOnlyList<Trace> both = _talk.Turn(Join(Bind("p"), Execute(), Sync), Join(Bound, Complete("SELECT 2"), Ready()));
        Assert.Equal(
            ["PREPARE SELECT t | select a from t |  | prepared, not executed", "SELECT t | select a from t | returned_rows=2"],
            both.Select(PostgresConversation.Summary));
    }

    private static string Single(IReadOnlyList<Trace> traces)
    {
        Trace trace = Assert.Single(traces);
        Assert.Equal("postgresql", trace.Protocol);
        Assert.Equal("postgresql", trace.Attribute("db.system.name"));
        return PostgresConversation.Summary(trace);
    }

    private void Only(string expected, byte[] request, params byte[][] response) =>
        Assert.Equal(expected, Single(_talk.Turn(request, Join(response))));
}
