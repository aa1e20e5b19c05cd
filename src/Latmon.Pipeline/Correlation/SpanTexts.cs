using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>Span records become span events, with texts of which nothing private is left.</summary>
internal sealed class SpanTexts(SpanNames names)
{
    private readonly byte[] _masked = new byte[SpanRecord.TextBytes];

    public void Add(in SpanRecord record, ReadOnlySpan<byte> bytes, ExchangeBatch batch)
    {
        SpanName name = names.Of(record.Probe);
        SpanEvent span = new()
        {
            StartNs = record.StartNs,
            DurationNs = Math.Max(0, record.EndNs - record.StartNs),
            Pid = record.Pid,
            Tid = record.Tid,
            Probe = record.Probe,
            RequestKey = name.KeyIsRequest ? record.Key : 0,
        };
        batch.Add(span, Masked(RecordReader.Text(bytes, record), name.Text));
    }

    private ReadOnlySpan<byte> Masked(ReadOnlySpan<byte> text, SpanText kind)
    {
        text = text[..Math.Min(text.Length, _masked.Length)];
        if (kind == SpanText.Statement)
        {
            bool cut = text.Length == _masked.Length;
            return _masked.AsSpan(0, SqlMask.Write(text, _masked, ref cut));
        }

        text.CopyTo(_masked);
        Span<byte> plain = _masked.AsSpan(0, text.Length);
        foreach (ref byte b in plain)
        {
            b = b is < 0x20 or 0x7f ? (byte)'?' : b;
        }

        return plain;
    }
}
