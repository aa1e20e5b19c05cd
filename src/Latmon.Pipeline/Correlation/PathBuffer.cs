namespace Latmon.Pipeline.Correlation;

/// <summary>
/// The path of a request that is not finished yet, copied out of the lent record. Longer paths are cut, and control bytes
/// replaced, because nothing behind this point expects them.
/// </summary>
internal struct PathBuffer
{
    public const int Capacity = 256;

    private byte[]? _bytes;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Set(ReadOnlySpan<byte> path)
    {
        _bytes ??= new byte[Capacity];
        Length = Math.Min(path.Length, Capacity);
        path[..Length].CopyTo(_bytes);
        Span<byte> kept = _bytes.AsSpan(0, Length);
        if (kept.ContainsAnyInRange((byte)0, (byte)0x1f) || kept.Contains((byte)0x7f))
        {
            ReplaceControls(kept);
        }
    }

    public void Clear() => Length = 0;

    private static void ReplaceControls(Span<byte> kept)
    {
        foreach (ref byte b in kept)
        {
            b = b is < 0x20 or 0x7f ? (byte)'?' : b;
        }
    }
}
