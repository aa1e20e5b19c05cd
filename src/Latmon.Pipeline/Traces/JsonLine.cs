using System.Buffers;
using System.Buffers.Text;

namespace Latmon.Pipeline.Traces;

/// <summary>Appends pieces of JSON to a buffer that is reused from line to line; grows, never shrinks.</summary>
internal sealed class JsonLine
{
    private const int LongestNumber = 20;

    /// <summary>What <see cref="System.Text.Json"/> writes as it is with its default encoder.</summary>
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        " !#$%()*,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private byte[] _bytes = new byte[4096];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public static bool IsPlain(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(Plain);

    /// <summary>What <see cref="Text"/> takes.</summary>
    public static bool IsAscii(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)' ', (byte)'~');

    /// <summary>Goes back to an earlier length: the line that was begun is given up.</summary>
    public void Clear() => _length = 0;

    public JsonLine Raw(ReadOnlySpan<byte> json)
    {
        json.CopyTo(Room(json.Length));
        _length += json.Length;
        return this;
    }

    /// <summary>Printable ASCII, escaped as the default encoder of <see cref="System.Text.Json"/> does.</summary>
    public JsonLine Text(ReadOnlySpan<byte> text)
    {
        for (int at; (at = text.IndexOfAnyExcept(Plain)) >= 0; text = text[(at + 1)..])
        {
            _ = Raw(text[..at]);
            byte b = text[at];
            _ = b == '\\' ? Raw("\\\\"u8) : Raw("\\u00"u8).Raw([Hex(b >> 4), Hex(b & 15)]);
        }

        return Raw(text);
    }

    public JsonLine Number(long value)
    {
        _ = Utf8Formatter.TryFormat(value, Room(LongestNumber), out int written);
        _length += written;
        return this;
    }

    public JsonLine NumberOrNull(long value, bool known) => known ? Number(value) : Raw("null"u8);

    /// <summary>Where a formatter may write; <see cref="Advance"/> says how much it did.</summary>
    public Span<byte> Room(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }

        return _bytes.AsSpan(_length);
    }

    public void Advance(int count) => _length += count;

    private static byte Hex(int digit) => (byte)"0123456789ABCDEF"[digit];
}
