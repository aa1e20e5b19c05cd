using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>A span that waits for its exchange, or lies in one that is held. Reused from a pool.</summary>
internal sealed class HeldSpan
{
    public SpanEvent Value;

    private byte[] _text = [];
    private int _textLength;

    public HeldSpan? Next { get; set; }

    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _textLength);

    public void Set(in SpanEvent span, ReadOnlySpan<byte> text)
    {
        Value = span;
        Next = null;
        if (_text.Length < text.Length)
        {
            _text = new byte[Math.Max(64, text.Length)];
        }

        text.CopyTo(_text);
        _textLength = text.Length;
    }
}
