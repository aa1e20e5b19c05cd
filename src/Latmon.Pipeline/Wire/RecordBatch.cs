namespace Latmon.Pipeline.Wire;

/// <summary>
/// A run of records as they lie in the ring, lent for the time of one <c>OnNext</c>: the bytes belong to the source, which
/// reuses them and this object as soon as the call returns.
/// </summary>
public sealed class RecordBatch
{
    private unsafe byte* _start;
    private int _length;

    /// <summary>CLOCK_MONOTONIC when the batch was taken: everything that ended before is in it or in an earlier one.</summary>
    public long TakenNs { get; private set; }

    /// <summary>CLOCK_REALTIME minus CLOCK_MONOTONIC at that time.</summary>
    public long RealMinusMonotonicNs { get; private set; }

    /// <summary>Events lost in the kernel since the start, and connections that it had no room to follow.</summary>
    public long Lost { get; private set; }

    public long Unseen { get; private set; }

    /// <summary>Framed as <see cref="RecordReader"/> reads it; pinned memory.</summary>
    public unsafe ReadOnlySpan<byte> Bytes => new(_start, _length);

    public unsafe void Lend(ReadOnlySpan<byte> pinned, long takenNs, long realMinusMonotonicNs, long lost, long unseen)
    {
        _start = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref System.Runtime.InteropServices.MemoryMarshal.GetReference(pinned));
        _length = pinned.Length;
        TakenNs = takenNs;
        RealMinusMonotonicNs = realMinusMonotonicNs;
        Lost = lost;
        Unseen = unseen;
    }
}
