using System.Buffers.Binary;
using System.Buffers.Text;
using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Protocols;

/// <summary>What the server's messages of one turn say. Texts of errors and notices are not kept: they repeat values.</summary>
internal struct PostgresResponse
{
    private const int ReadyBytes = 6;
    private const int LongestTag = 64;

    /// <summary>ReadyForQuery, as far as they were seen.</summary>
    public int Readies;

    /// <summary>Statements that ended: done, empty, suspended or refused.</summary>
    public int Ended;

    /// <summary>ParseComplete before the first error.</summary>
    public int Parsed;

    /// <summary>The last of the answer that was seen is ReadyForQuery: I, T or E; else 0.</summary>
    public byte TransactionStatus;

    /// <summary>G, H or W when copying began and its end was not seen; else 0.</summary>
    public byte Copying;
    public bool Copied;
    public bool HasError;
    public SqlState SqlState;
    public long Rows;
    public bool RowsKnown;
    public bool RowsAreAffected;

    /// <summary>Begins with no message of a server.</summary>
    public bool IsUnreadable;
    private bool _rowsMixed;

    public readonly bool IsRowsTelling => RowsKnown && !_rowsMixed;

    /// <param name="tail">The last bytes of the answer, when <paramref name="bytes"/> is only its beginning.</param>
    public static PostgresResponse Read(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> tail, bool isWhole)
    {
        PostgresResponse response = default;
        PostgresMessages messages = new(bytes, fromClient: false);
        bool any = false;
        while (messages.TryRead())
        {
            any = true;
            response.Take(messages.Type, messages.Body, messages.IsWhole);
        }

        response.IsUnreadable = !any && messages.IsBroken;
        if (!isWhole)
        {
            response.TakeTail(tail);
        }

        return response;
    }

    private void Take(byte type, ReadOnlySpan<byte> body, bool isWhole)
    {
        TransactionStatus = 0;
        switch ((char)type)
        {
            case 'Z' when isWhole && body is [(byte)'I' or (byte)'T' or (byte)'E']:
                TransactionStatus = body[0];
                Readies++;
                Copying = 0;
                break;
            case '1':
                Parsed += HasError ? 0 : 1;
                break;
            case 'C' when isWhole:
                Ended++;
                Copying = 0;
                TakeTag(body);
                break;
            case 'I' or 's':
                Ended++;
                break;
            case 'E':
                Ended++;
                TakeError(body);
                break;
            case 'G' or 'H' or 'W':
                Copying = type;
                Copied = true;
                break;
        }
    }

    /// <summary>SELECT 5, INSERT 0 5, COPY 5: rows come last. Others have no number.</summary>
    private void TakeTag(ReadOnlySpan<byte> body)
    {
        if (body.Length is 0 or > LongestTag || body[^1] != 0)
        {
            return;
        }

        ReadOnlySpan<byte> tag = body[..^1];
        int blank = tag.LastIndexOf((byte)' ');
        if (blank < 0 || !Utf8Parser.TryParse(tag[(blank + 1)..], out long rows, out int used) || used != tag.Length - blank - 1
            || rows < 0)
        {
            return;
        }

        bool affected = tag.StartsWith("INSERT"u8) || tag.StartsWith("UPDATE"u8) || tag.StartsWith("DELETE"u8)
            || tag.StartsWith("MERGE"u8);
        _rowsMixed |= RowsKnown && affected != RowsAreAffected;
        RowsAreAffected = affected;
        Rows = RowsKnown ? Rows + rows : rows;
        RowsKnown = Rows >= 0;
    }

    /// <summary>Fields of one letter and a text each; C is the SQLSTATE. The first error is the one that matters.</summary>
    private void TakeError(ReadOnlySpan<byte> fields)
    {
        bool first = !HasError;
        HasError = true;
        while (first && fields.Length > 1 && fields[0] != 0)
        {
            int end = fields[1..].IndexOf((byte)0);
            ReadOnlySpan<byte> value = end < 0 ? default : fields.Slice(1, end);
            if (fields[0] == 'C' && value.Length == SqlState.Length && IsCode(value))
            {
                value.CopyTo(SqlState);
                return;
            }

            fields = end < 0 ? default : fields[(end + 2)..];
        }
    }

    private static bool IsCode(ReadOnlySpan<byte> value)
    {
        foreach (byte b in value)
        {
            if (!char.IsAsciiDigit((char)b) && !char.IsAsciiLetterUpper((char)b))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Of an answer whose middle was not kept: ReadyForQuery, and CommandComplete before it when that fits.</summary>
    private void TakeTail(ReadOnlySpan<byte> tail)
    {
        TransactionStatus = 0;
        RowsKnown = false;
        if (tail.Length < ReadyBytes || tail[^ReadyBytes] != 'Z' || BinaryPrimitives.ReadInt32BigEndian(tail[^5..]) != 5
            || tail[^1] is not ((byte)'I' or (byte)'T' or (byte)'E'))
        {
            return;
        }

        TransactionStatus = tail[^1];
        Readies++;
        Copying = 0;
        tail = tail[..^ReadyBytes];
        for (int at = 0; at + 6 < tail.Length; at++)
        {
            if (tail[at] == 'C' && BinaryPrimitives.ReadInt32BigEndian(tail[(at + 1)..]) == tail.Length - at - 1)
            {
                TakeTag(tail[(at + 5)..]);
                return;
            }
        }
    }
}
