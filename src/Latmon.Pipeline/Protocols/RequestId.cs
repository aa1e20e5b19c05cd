namespace Latmon.Pipeline.Protocols;

/// <summary>
/// The id that a request passes on to the calls it makes, other than <c>traceparent</c>: <c>x-request-id</c>, <c>b3</c> or
/// <c>x-b3-traceid</c>. Only compared, so a hash is kept.
/// </summary>
public static class RequestId
{
    /// <summary>Shorter ids are counters, which two requests at once may share.</summary>
    private const int Shortest = 8;
    private const int Longest = 128;

    /// <returns>0 when the head has none.</returns>
    public static ulong Find(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> value = Value(head, "equest-"u8, before: "\nx-r"u8, after: "id:"u8);
        if (value.IsEmpty)
        {
            value = Value(head, "\nb3:"u8, before: default, after: default);
            int dash = value.IndexOf((byte)'-');
            value = dash < 0 ? value : value[..dash];
        }

        value = value.IsEmpty ? Value(head, "race"u8, before: "\nx-b3-t"u8, after: "id:"u8) : value;
        return value.Length is >= Shortest and <= Longest ? Hash(value) : 0;
    }

    /// <summary>The whole value of the header whose name holds <paramref name="part"/>; a value that is cut off is none.</summary>
    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> head, ReadOnlySpan<byte> part, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        for (int from = 0; head[from..].IndexOf(part) is >= 0 and int found; from += found + part.Length)
        {
            int at = from + found;
            int start = at + part.Length;
            if (at >= before.Length && IsSame(head.Slice(at - before.Length, before.Length), before)
                && head.Length >= start + after.Length && IsSame(head.Slice(start, after.Length), after))
            {
                ReadOnlySpan<byte> rest = head[(start + after.Length)..];
                int end = rest.IndexOf((byte)'\r');
                return end < 0 ? default : rest[..end].Trim((byte)' ');
            }
        }

        return default;
    }

    private static bool IsSame(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => System.Text.Ascii.EqualsIgnoreCase(text, lower);

    /// <summary>FNV-1a, 64 bits, of the lower-case value: 0 stays free for none.</summary>
    private static ulong Hash(ReadOnlySpan<byte> value)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in value)
        {
            hash = (hash ^ (b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b)) * 1099511628211;
        }

        return hash == 0 ? 1 : hash;
    }
}
