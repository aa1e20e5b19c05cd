using System.Buffers;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>Span records become span events, with texts of which nothing private is left.</summary>
internal sealed class SpanTexts(SpanNames names)
{
    private static readonly SearchValues<byte> InNumbers = SearchValues.Create("0123456789abcdefABCDEFxX._"u8);

    private readonly byte[] _masked = new byte[SpanRecord.TextBytes];

    public void Add(in SpanRecord record, ReadOnlySpan<byte> bytes, ExchangeBatch batch)
    {
        SpanEvent span = new()
        {
            StartNs = record.StartNs,
            DurationNs = Math.Max(0, record.EndNs - record.StartNs),
            Pid = record.Pid,
            Tid = record.Tid,
            Probe = record.Probe,
        };
        batch.Add(span, Masked(RecordReader.Text(bytes, record), names.Of(record.Probe).Text));
    }

    private ReadOnlySpan<byte> Masked(ReadOnlySpan<byte> text, SpanText kind)
    {
        text = text[..Math.Min(text.Length, _masked.Length)];
        if (kind == SpanText.Statement)
        {
            return _masked.AsSpan(0, Mask(text, _masked));
        }

        text.CopyTo(_masked);
        Span<byte> plain = _masked.AsSpan(0, text.Length);
        foreach (ref byte b in plain)
        {
            b = b is < 0x20 or 0x7f ? (byte)'?' : b;
        }

        return plain;
    }

    /// <summary>
    /// A statement without its values: strings and numbers become <c>?</c>. Where a value may begin that this does not
    /// understand (a backslash, a dollar quote, a comment), the text ends.
    /// </summary>
    private static int Mask(ReadOnlySpan<byte> text, Span<byte> masked)
    {
        int length = 0;
        bool inWord = false;
        for (int at = 0; at < text.Length; at++)
        {
            byte b = text[at];
            if (b is (byte)'\\' or (byte)'$' || text[at..].StartsWith("--"u8) || text[at..].StartsWith("/*"u8))
            {
                break;
            }

            bool isValue = b == '\'' || (!inWord && char.IsAsciiDigit((char)b));
            masked[length++] = isValue ? (byte)'?' : b < 0x20 || b == 0x7f ? (byte)' ' : b;
            at += isValue ? LengthOfValue(text[at..]) - 1 : 0;
            inWord = !isValue && (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or >= 0x80);
        }

        return length;
    }

    /// <summary>To the closing quote, or over digits and what a number may hold.</summary>
    private static int LengthOfValue(ReadOnlySpan<byte> text)
    {
        int end = text[0] == '\'' ? text[1..].IndexOfAny((byte)'\'', (byte)'\\') + 1 : text.IndexOfAnyExcept(InNumbers);
        return end <= 0 || text[end] == '\\' ? text.Length : text[0] == '\'' ? end + 1 : end;
    }
}
