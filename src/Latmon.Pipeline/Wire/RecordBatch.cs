namespace Latmon.Pipeline.Wire;

/// <summary>
/// A run of records as they lie in the ring, lent for the time of one <c>OnNext</c>: the bytes belong to the source, which
/// reuses them and this object as soon as the call returns.
/// </summary>
public sealed class RecordBatch
{
    private unsafe byte* _start;
    private int _length;

    /// <summary>CLOCK_MONOTONIC: everything that ended before is in this batch or in an earlier one, and some of what ended later.</summary>
    public long TakenNs { get; private set; }

    /// <summary>CLOCK_REALTIME minus CLOCK_MONOTONIC at that time.</summary>
    public long RealMinusMonotonicNs { get; private set; }

    /// <summary>
    /// Turns lost in the kernel since the start: each a request, or a call, of which nothing crossed. One that takes several turns
    /// (100 Continue) may be counted although the rest of it is there; of a pipelined burst it is one for the whole burst.
    /// </summary>
    public long Lost { get; private set; }

    /// <summary>
    /// Lost parts of what may be there otherwise: pieces of long heads and of pipelined bursts, later records, spans, and events, of
    /// whichever connection, for which the kernel left a program out.
    /// </summary>
    public long LostParts { get; private set; }

    /// <summary>Connections that the kernel had no room to follow.</summary>
    public long Unseen { get; private set; }

    /// <summary>Framed as <see cref="RecordReader"/> reads it; pinned memory.</summary>
    public unsafe ReadOnlySpan<byte> Bytes => new(_start, _length);

    public unsafe void Lend(ReadOnlySpan<byte> pinned, long takenNs, long realMinusMonotonicNs, long lost, long unseen, long lostParts = 0)
    {
        _start = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref System.Runtime.InteropServices.MemoryMarshal.GetReference(pinned));
        _length = pinned.Length;
        TakenNs = takenNs;
        RealMinusMonotonicNs = realMinusMonotonicNs;
        Lost = lost;
        LostParts = lostParts;
        Unseen = unseen;
    }
}
