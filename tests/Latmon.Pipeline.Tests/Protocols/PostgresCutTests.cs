using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Protocols;
using static Latmon.Pipeline.Tests.Protocols.PostgresBytes;

namespace Latmon.Pipeline.Tests.Protocols;

/// <summary>Every kind of turn with its bytes cut at every position: what is still said is a part of what the whole says.</summary>
public sealed class PostgresCutTests
{
    private static readonly byte[] Secret = "SECRET"u8.ToArray();

    private static readonly (string Name, byte[] Request, byte[] Response)[] Turns =
    [
        ("simple", Query("select a from t where b = 'SECRET' and c = 42"), Join(Columns, Row("SECRET"), Complete("SELECT 1"), Ready())),
        ("several", Query("begin; update t set a = 'SECRET'; commit"), Join(Complete("BEGIN"), Complete("UPDATE 5"), Complete("COMMIT"), Ready())),
        ("extended", Join(Parse("", "select a from t where b = $1", 1), Bind("", "", "SECRET"), Describe("", 'P'), Execute(), Sync),
            Join(Parsed, Bound, Columns, Row("SECRET"), Complete("SELECT 1"), Ready())),
        ("prepare", Join(Parse("S_1", "insert into t values ('SECRET')"), Describe("S_1"), Sync), Join(Parsed, NoData, Ready())),
        ("before", Join(Bind("S_9", "", "SECRET"), Execute(), Sync), Join(Bound, Complete("INSERT 0 1"), Ready('T'))),
        ("pipeline", Join(Parse("", "BEGIN"), Bind(""), Execute(), Parse("", "delete from t where a = E'SECRET'"), Bind(""), Execute(), Sync),
            Join(Parsed, Bound, Complete("BEGIN"), Parsed, Bound, Complete("DELETE 2"), Ready('T'))),
        ("error", Query("select 'SECRET' from missing"), Join(Notice("SECRET"), Error("42P01", "SECRET"), Ready('E'))),
        ("copy in", Query("copy t from stdin"), CopyIn),
        ("copied", Join(CopyData("SECRET"), CopyDone), Join(Complete("COPY 1"), Ready())),
        ("copy out", Query("copy (select 'SECRET') to stdout"), Join(CopyOut, CopyData("SECRET"), CopyDone, Complete("COPY 1"), Ready())),
        ("begin", Startup, Join(Authentication(0), Parameter("a", "SECRET"), Key, Ready())),
        ("password", Password("SECRET"), Join(Authentication(0), Ready())),
        ("cancel", CancelRequest, []), ("tls", TlsRequest, [(byte)'N']), ("gss", GssRequest, [(byte)'G']), ("end", Terminate, []),
        ("fail", CopyFail("SECRET"), Join(Error("57014", "SECRET"), Ready())), ("close", Join(Close("S_1"), Sync), Join(Closed, Ready())),
        ("suspended", Join(Execute("cursor"), Flush), Join(Row("SECRET"), Suspended)),
    ];

    public static TheoryData<string> Names() => [.. Turns.Select(turn => turn.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cut_request_says_less_and_nothing_else(string name)
    {
        (_, byte[] request, byte[] response) = Turns.Single(turn => turn.Name == name);
        (string Text, DatabaseFacts Facts, _) = Take(request, true, response, true);
        for (int cut = 0; cut < request.Length; cut++)
        {
            (string text, DatabaseFacts facts, _) = Take(request[..cut], false, response, true);
            string stem = text.TrimEnd('?', ' ', '\'');
            Assert.True(Text.StartsWith(stem, StringComparison.Ordinal) || text is "prepared ?" || text.EndsWith("; prepared ?", StringComparison.Ordinal),
                $"{cut}: {text}");
            Assert.True(facts.Statements <= Math.Max(1, (int)Facts.Statements), $"{cut}: {facts.Statements} statements");
            Assert.Equal((string)Code(Facts), Code(facts));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cut_answer_is_finished_only_by_its_end(string name)
    {
        (_, byte[] request, byte[] response) = Turns.Single(turn => turn.Name == name);
        (string Text, DatabaseFacts Facts, bool Finished) = Take(request, true, response, true);
        for (int cut = 0; cut <= response.Length; cut++)
        {
            (string text, DatabaseFacts facts, bool finished) = Take(request, true, response[..cut], cut == response.Length);
            Assert.Equal((Text, Finished && cut == response.Length), (text, finished));
            Assert.True(facts.RowsPlusOne == 0 || facts.RowsPlusOne == Facts.RowsPlusOne, $"{cut}: {facts.RowsPlusOne - 1} rows");
            Assert.True(!facts.SqlState.IsSet || Code(facts) == Code(Facts), $"{cut}: {Code(facts)}");
        }
    }

    /// <summary>A head that ends anywhere, and the last 8 or 32 bytes: the end is recognised, and what fits of it is known.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    public void The_end_of_a_long_answer_is_in_its_tail(int tail)
    {
        byte[] response = Join(Columns, Row(new string('x', 600)), Complete("SELECT 12345"), Ready('T'));
        PostgresSession session = new(new StatementBudget());
        for (int head = 0; head <= 512; head++)
        {
            session.Begin();
            session.TakeRequest((uint)head + 1, Query("select a from t"), isWhole: true);
            session.TakeResponse(response.AsSpan(0, head), response.AsSpan(response.Length - tail), isWhole: false);
            DatabaseFacts facts = session.Facts();
            Assert.True(session.IsAnswered);
            Assert.Equal((tail == 32 ? 12346L : 0L, (ushort)1), (facts.RowsPlusOne, facts.Statements));
            Assert.Equal(StatementNotes.InTransaction, facts.Notes);
        }
    }

    private static string Code(in DatabaseFacts facts) => Encoding.ASCII.GetString(facts.SqlState);

    private static (string Text, DatabaseFacts Facts, bool Finished) Take(byte[] request, bool wholeRequest, byte[] response, bool wholeResponse)
    {
        PostgresSession session = new(new StatementBudget());
        session.Begin();
        session.TakeRequest(1, request, wholeRequest);
        session.TakeResponse(response, default, wholeResponse);
        Assert.True(session.Text.IndexOf(Secret) < 0);
        return (Encoding.UTF8.GetString(session.Text), session.Facts(), session.IsFinished);
    }
}
