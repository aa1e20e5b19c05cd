using System.Text;
using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Tests.Protocols;

public sealed class SqlMaskTests
{
    [Theory]
    [InlineData("select * from t where id = 42", "select * from t where id = ?")]
    [InlineData("select 1.5, .5, 1e-5, 0xFF, 1_000, -7", "select ?, ?, ?, ?, ?, -?")]
    [InlineData("select t1.c2 from t1", "select t1.c2 from t1")]
    [InlineData("select 'it''s' , 'b'", "select ?, ?")]
    [InlineData("select E'it\\'s', e'\\\\', n'x'", "select ?, ?, ?")]
    [InlineData("select 'one\\\\', 'two'", "select ?, ?")]
    [InlineData("select 'odd\\' || secret", "select ?")]
    [InlineData("select $$a'b$$, $tag$ $$ ' $tag$, x", "select ?, ?, x")]
    [InlineData("select a$1$, $1, $23", "select a$1$, $1, $23")]
    [InlineData("select B'01', X'ff', U&'\\0041', u&'!0041' uescape '!'", "select ?, ?, ?, ? uescape ?")]
    [InlineData("select U&\"d\\0061t\", \"a\"\"b '\"", "select U&\"d\\0061t\", \"a\"\"b '\"")]
    [InlineData("select 1 -- it's a comment\n from t", "select ? from t")]
    [InlineData("/* a /* nested ' */ 'b' */ select/**/2", "select ?")]
    [InlineData("  select\n\t a ,\r\n b  from   t ; ", "select a, b from t")]
    [InlineData("select * from t where id IN (1, 2,3)", "select * from t where id IN (?)")]
    [InlineData("select * from t where id in ( 'a' , -2, +3.5 ) and x=1", "select * from t where id in (?) and x=?")]
    [InlineData("select * from t where id in (1, a, 2)", "select * from t where id in (?, a, ?)")]
    [InlineData("select * from t where id in ($1, $2)", "select * from t where id in ($1, $2)")]
    [InlineData("select * from t where id in (1, 2", "select * from t where id in (?")]
    [InlineData("select '2020-01-01'::date, a->>'k', a - 5", "select ?::date, a->>?, a - ?")]
    [InlineData("select foo'bar'", "select foo?")]
    [InlineData("insert into t values (1, 'a', null)", "insert into t values (?, ?, null)")]
    [InlineData("select 'é', \"naïve\"", "select ?, \"naïve\"")]
    [InlineData("", "")]
    [InlineData(" ; ", "")]
    public void Values_go_and_names_stay(string sql, string expected)
    {
        (string text, bool cut) = Mask(sql);
        Assert.Equal((expected, sql.Contains("odd", StringComparison.Ordinal)), (text, cut));
    }

    [Theory]
    [InlineData("select 'SECRET''SECRET' , 5")]
    [InlineData("select E'SECRET\\'SECRET' , 5")]
    [InlineData("select $x$SECRET$$SECRET$x$, 5")]
    [InlineData("update t set a = U&'SECRET' where b = X'5EC' -- SECRET\n and c = 1")]
    [InlineData("select 'SECRET' /* SECRET */, $$SECRET$$, 'a\\' , SECRET'")]
    [InlineData("select * from t where a in ('SECRET', 'SECRET', 'SECRET')")]
    [InlineData("select 'x\nSECRET' 'SECRET'\n'SECRET'")]
    [InlineData("select e'\\\\SECRET\\\\', E'\u8868\\'SECRET'")]
    public void A_cut_leaks_nothing(string sql)
    {
        for (int cut = 0; cut <= sql.Length; cut++)
        {
            Assert.DoesNotContain("SEC", Mask(sql[..cut]).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_long_text_is_cut_between_characters()
    {
        byte[] text = new byte[16];
        for (int blanks = 0; blanks < 8; blanks++)
        {
            bool cut = false;
            string sql = $"select \"{new string('x', blanks)}ééé€€€\"";
            int length = SqlMask.Write(Encoding.UTF8.GetBytes(sql), text, ref cut);
            Assert.True(cut);
            Assert.StartsWith(new UTF8Encoding(false, true).GetString(text, 0, length), sql, StringComparison.Ordinal);
            Assert.InRange(length, 13, 16);
        }
    }

    [Theory]
    [InlineData("SELECT a FROM Users u WHERE id = ?", "SELECT", "SELECT users")]
    [InlineData("select count(*) from public.orders", "SELECT", "SELECT public.orders")]
    [InlineData("select * from \"Order\".\"Line\" x", "SELECT", "SELECT Order.Line")]
    [InlineData("select extract(year from t) from events", "SELECT", "SELECT events")]
    [InlineData("select a is distinct from b from pairs", "SELECT", "SELECT pairs")]
    [InlineData("select x from (select y from inside) s", "SELECT", "SELECT inside")]
    [InlineData("select ?", "SELECT", "SELECT")]
    [InlineData("(select a from t) union (select b from u)", "SELECT", "SELECT t")]
    [InlineData("select * from only parts", "SELECT", "SELECT parts")]
    [InlineData("INSERT INTO t(a, b) VALUES (?, ?)", "INSERT", "INSERT t")]
    [InlineData("update only accounts set x = ?", "UPDATE", "UPDATE accounts")]
    [InlineData("delete from t where a", "DELETE", "DELETE t")]
    [InlineData("merge into t using s on ?", "MERGE", "MERGE t")]
    [InlineData("with a as (select b from c), d as (delete from e) update f set g = ?", "UPDATE", "UPDATE f")]
    [InlineData("with a as (select b from c) select * from a", "SELECT", "SELECT a")]
    [InlineData("with recursive a", "WITH", "WITH")]
    [InlineData("copy t (a) from stdin", "COPY", "COPY t")]
    [InlineData("copy (select a from t) to stdout", "COPY", "COPY t")]
    [InlineData("BEGIN", "BEGIN", "BEGIN")]
    [InlineData("begin; update t set a = ?; commit", "UPDATE", "UPDATE t")]
    [InlineData("BEGIN; COMMIT", "BEGIN", "BEGIN")]
    [InlineData("create table if not exists x (a int)", "CREATE", "CREATE TABLE")]
    [InlineData("truncate table t", "TRUNCATE", "TRUNCATE t")]
    [InlineData("set search_path to x", "SET", "SET")]
    [InlineData("prepared S_1", "", "prepared S_1")]
    [InlineData("begin; prepared S_1", "", "prepared S_1")]
    [InlineData("select * from", "SELECT", "SELECT")]
    [InlineData("", "", "")]
    public void Name_is_the_operation_and_its_first_table(string text, string operation, string name)
    {
        byte[] bytes = new byte[64];
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Assert.Equal(operation, Encoding.UTF8.GetString(bytes, 0, StatementName.WriteOperation(utf8, bytes)));
        Assert.Equal(name, Encoding.UTF8.GetString(bytes, 0, StatementName.Write(utf8, bytes)));
    }

    private static (string Text, bool Cut) Mask(string sql)
    {
        byte[] text = new byte[256];
        bool cut = false;
        int length = SqlMask.Write(Encoding.UTF8.GetBytes(sql), text, ref cut);
        return (Encoding.UTF8.GetString(text, 0, length), cut);
    }
}
