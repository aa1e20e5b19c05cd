using System.Buffers.Text;

namespace Latmon.Pipeline.Protocols;

/// <summary>The trace id of a <c>traceparent</c> header (W3C Trace Context, level 1), as two halves; zeros when there is none.</summary>
public readonly record struct TraceContext(ulong High, ulong Low)
{
    private const int HexDigits = 32;

    public bool IsKnown => (High | Low) != 0;

    /// <summary>Looks for the header in a request head. Header names do not mind their case; only the first letter is seen to vary.</summary>
    public static TraceContext Find(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> name = "raceparent:"u8;
        int at = head.IndexOf(name);
        while (at >= 0 && (at < 2 || (head[at - 1] | 0x20) != 't' || head[at - 2] != (byte)'\n'))
        {
            int next = head[(at + name.Length)..].IndexOf(name);
            at = next < 0 ? next : at + name.Length + next;
        }

        if (at < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> value = head[(at + name.Length)..].TrimStart((byte)' ');
        return value.Length > 3 + HexDigits && value[2] == (byte)'-' && value[3 + HexDigits] == (byte)'-'
            && TryHex(value.Slice(3, 16), out ulong high) && TryHex(value.Slice(19, 16), out ulong low)
                ? new TraceContext(high, low)
                : default;
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out ulong value) =>
        Utf8Parser.TryParse(digits, out value, out int used, 'x') && used == digits.Length;
}
