using System.Buffers.Binary;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Protocols;

/// <summary>
/// Whether a turn of an unknown connection is PostgreSQL's: every byte of both directions must read as messages, and those must
/// hold what their types promise; only what was too long to be kept may end inside a message. One turn in the middle of a
/// connection is enough; one that says too little is not taken.
/// </summary>
internal static class PostgresRecognition
{
    public static bool Recognizes(ReadOnlySpan<byte> request, ReadOnlySpan<byte> response)
    {
        PostgresStartup startup = PostgresStartups.Of(request);
        if (startup != PostgresStartup.None)
        {
            return response.IsEmpty || startup switch
            {
                PostgresStartup.Tls => response is [(byte)'S'] || IsRefusal(response),
                PostgresStartup.Gss => response is [(byte)'G'] || IsRefusal(response),
                PostgresStartup.Cancel => false,
                _ => Reads(response, fromClient: false, out _),
            };
        }

        if (request.IsEmpty)
        {
            return response.Length > 6 && Reads(response, fromClient: false, out _) && EndsReady(response);
        }

        return Reads(request, fromClient: true, out bool telling)
            && (response.IsEmpty ? telling : Reads(response, fromClient: false, out _));
    }

    private static bool IsRefusal(ReadOnlySpan<byte> response) => response is [(byte)'N'] or [(byte)'E', 0, 0, ..];

    private static bool EndsReady(ReadOnlySpan<byte> response) =>
        response[^6..] is [(byte)'Z', 0, 0, 0, 5, (byte)'I' or (byte)'T' or (byte)'E'];

    /// <param name="telling">Holds SQL, which no other protocol has in this place.</param>
    private static bool Reads(ReadOnlySpan<byte> bytes, bool fromClient, out bool telling)
    {
        PostgresMessages messages = new(bytes, fromClient);
        bool any = false;
        telling = false;
        while (messages.TryRead())
        {
            any = true;
            if (!(fromClient ? HoldsOfClient(messages, ref telling) : HoldsOfServer(messages)))
            {
                return false;
            }
        }

        return any && !messages.IsBroken && (!messages.IsCut || bytes.Length == TurnRecord.HeadBytes);
    }

    private static bool HoldsOfClient(in PostgresMessages message, ref bool telling)
    {
        ReadOnlySpan<byte> body = message.Body;
        switch ((char)message.Type)
        {
            case 'Q':
                bool isSql = PostgresText.IsSql(PostgresText.Take(ref body, out bool ended));
                isSql &= ended ? body.IsEmpty : !message.IsWhole;
                telling |= isSql;
                return isSql;
            case 'P':
                _ = PostgresText.Take(ref body, out ended);
                isSql = ended && PostgresText.IsSql(PostgresText.Take(ref body, out ended));
                telling |= isSql;
                return isSql || !message.IsWhole;
            case 'B':
                _ = PostgresText.Take(ref body, out ended);
                _ = PostgresText.Take(ref body, out ended);
                return ended ? !message.IsWhole || body.Length >= 6 : !message.IsWhole;
            case 'E':
                _ = PostgresText.Take(ref body, out ended);
                return !message.IsWhole || (ended && body.Length == sizeof(int));
            case 'D' or 'C':
                return body.IsEmpty
                    || (body[0] is (byte)'S' or (byte)'P' && (!message.IsWhole || body.IndexOf((byte)0) == body.Length - 1));
            default:
                return true;
        }
    }

    private static bool HoldsOfServer(in PostgresMessages message)
    {
        ReadOnlySpan<byte> body = message.Body;
        return (char)message.Type switch
        {
            'Z' => body.IsEmpty ? !message.IsWhole : body is [(byte)'I' or (byte)'T' or (byte)'E'],
            'C' => !message.IsWhole || (body.IndexOf((byte)0) == body.Length - 1 && char.IsAsciiLetterUpper((char)body[0])),
            'E' or 'N' => body.IsEmpty || body[0] is (byte)'S' or 0,
            'T' or 'D' => body.Length < 2 || BinaryPrimitives.ReadInt16BigEndian(body) >= 0,
            'R' => body.Length < 4 || BinaryPrimitives.ReadInt32BigEndian(body) is >= 0 and <= 12,
            'G' or 'H' or 'W' => body.IsEmpty || body[0] <= 1,
            _ => true,
        };
    }
}

/// <summary>What a connection may begin with: messages without a type.</summary>
internal enum PostgresStartup : byte
{
    None,
    Begin,
    Cancel,
    Tls,
    Gss,
}

internal static class PostgresStartups
{
    private const int ShortestBegin = 9;
    private const int LongestBegin = 10_000;

    public static PostgresStartup Of(ReadOnlySpan<byte> request)
    {
        if (request.Length < 8)
        {
            return PostgresStartup.None;
        }

        return (BinaryPrimitives.ReadInt32BigEndian(request), BinaryPrimitives.ReadInt32BigEndian(request[4..])) switch
        {
            (16, 80877102) => PostgresStartup.Cancel,
            (8, 80877103) => PostgresStartup.Tls,
            (8, 80877104) => PostgresStartup.Gss,
            ( >= ShortestBegin and <= LongestBegin, >= 0x30000 and <= 0x30002) => PostgresStartup.Begin,
            _ => PostgresStartup.None,
        };
    }
}

internal static class PostgresText
{
    /// <summary>Cuts a text that ends with a zero off the front; without the zero it is all there is.</summary>
    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> body, out bool ended)
    {
        int end = body.IndexOf((byte)0);
        ended = end >= 0;
        ReadOnlySpan<byte> text = ended ? body[..end] : body;
        body = ended ? body[(end + 1)..] : default;
        return text;
    }

    /// <summary>Begins like a statement, behind comments; an empty one is also a statement.</summary>
    public static bool IsSql(ReadOnlySpan<byte> sql)
    {
        Span<byte> start = stackalloc byte[SqlCommands.LongestWord + 8];
        bool cut = false;
        int length = SqlMask.Write(sql, start, ref cut);
        return length == 0 || SqlCommands.Begins(start[..length]);
    }
}
