using System.Text;
using static Latmon.Pipeline.Tests.Protocols.PostgresBytes;

namespace Latmon.Pipeline.Tests.Protocols;

/// <summary>Bursts of real messages, whole, cut, mutated and mixed. Every value in them holds <see cref="Secret"/>.</summary>
internal sealed class PostgresHostile(Random random)
{
    public const string Secret = "5ecret77";

    private static readonly string[] Statements =
    [
        $"select a from t where b = '{Secret}'", $"select '{Secret}', E'\\'{Secret}', $a$'{Secret}'$a$, U&'{Secret}' from t",
        $"insert into t values (77777777, '{Secret}''{Secret}'), (1, '{Secret}')", $"/* {Secret} */ update t set a = '\\\\{Secret}' -- {Secret}\n where b in ('{Secret}', '{Secret}')",
        "begin", "commit", "copy t from stdin", "copy t to stdout", $"alter user x password '{Secret}'", "deallocate all", "prepare p as select $1",
        $"select x'{Secret}' || n'{Secret}' || b'{Secret}'", "", $"with a as (select '{Secret}') select * from a", $"do $$ {Secret} $$",
    ];

    private static readonly byte[][] Client =
    [
        .. Statements.Select(Query), .. Statements.Select(sql => Parse("", sql)), .. Statements.Select((sql, i) => Parse($"s{i % 3}", sql, i % 3)),
        Bind("", "", Secret), Bind("s1", "", Secret), Bind("s2", "c", Secret, Secret), Bind("s9"), Describe("s1"), Execute(), Execute("c"), Close("s1"),
        Sync, Sync, Sync, Flush, Terminate, CopyData(Secret), CopyDone, CopyFail(Secret), Password(Secret), Startup, TlsRequest, GssRequest, CancelRequest,
        Message('F', Encoding.UTF8.GetBytes($"0123456789{Secret}")),
    ];

    private static readonly byte[][] Server =
    [
        Columns, Row(Secret), Row(Secret, Secret), Complete("SELECT 1"), Complete("INSERT 0 7"), Complete("BEGIN"), Ready(), Ready('T'), Ready('E'),
        Parsed, Bound, Closed, NoData, Suspended, EmptyQuery, Error("22P02", Secret), Notice(Secret), CopyIn, CopyOut, CopyBoth, Key,
        Authentication(0), Authentication(5, 1, 2, 3, 4), Parameter("a", Secret), [(byte)'N'], [(byte)'S'], Message('d', 1, 2), CopyDone,
    ];

    private static readonly byte[] Frames = [.. "QPBEDCSXFdcfHp"u8];

    private readonly byte[] _buffer = new byte[4096];

    public ReadOnlySpan<byte> OfClient() => Burst(Client, 6);

    public ReadOnlySpan<byte> OfServer() => Burst(Server, 6);

    /// <summary>
    /// Anything may change but a byte of a message with SQL or a name in it: whether a byte there is part of a value is for the quote
    /// before it to say, and that may have been changed.
    /// </summary>
    public ReadOnlySpan<byte> WithFramesMutated()
    {
        int length = OfClient().Length;
        for (int i = random.Next(1, 4); i > 0 && length > 0; i--)
        {
            int at = random.Next(length);
            if (_buffer[at] < 0x20 || Array.IndexOf(Frames, _buffer[at]) >= 0 && at + 1 < length && _buffer[at + 1] == 0)
            {
                _buffer[at] = (byte)random.Next(256);
            }
        }

        return _buffer.AsSpan(0, length);
    }

    public ReadOnlySpan<byte> Mutated(bool fromClient)
    {
        int length = (fromClient ? OfClient() : OfServer()).Length;
        for (int i = random.Next(6); i > 0 && length > 0; i--)
        {
            _buffer[random.Next(length)] = (byte)random.Next(256);
        }

        if (random.Next(20) == 0)
        {
            random.NextBytes(_buffer.AsSpan(0, length));
        }

        return _buffer.AsSpan(0, length);
    }

    private ReadOnlySpan<byte> Burst(byte[][] messages, int most)
    {
        int length = 0;
        for (int i = random.Next(1, most); i > 0; i--)
        {
            byte[] message = messages[random.Next(messages.Length)];
            message.CopyTo(_buffer.AsSpan(length));
            length += message.Length;
        }

        return _buffer.AsSpan(0, random.Next(3) == 0 ? random.Next(length + 1) : length);
    }
}
