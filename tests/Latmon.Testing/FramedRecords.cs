using System.Runtime.InteropServices;
using Latmon.Pipeline.Wire;

namespace Latmon.Testing;

/// <summary>
/// Records framed as they lie in the ring, in pinned memory, ready to be lent as a batch. Filled once and lent as often as
/// needed: lending allocates nothing.
/// </summary>
public sealed class FramedRecords
{
    private const int HeaderBytes = 8;

    private readonly RecordBatch _batch = new();
    private byte[] _bytes = GC.AllocateArray<byte>(64 * 1024, pinned: true);
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The same bytes, to be edited in place (a recorded turn that is played again with other numbers).</summary>
    public Span<byte> Editable => _bytes.AsSpan(0, _length);

    public int Count { get; private set; }

    public FramedRecords Add(TurnBuilder turn) => Add(turn.ToBytes());

    public FramedRecords Add(FragmentBuilder fragment) => Add(fragment.ToBytes());

    public FramedRecords Add(ReadOnlySpan<byte> record)
    {
        int framed = HeaderBytes + ((record.Length + 7) & ~7);
        if (_length + framed > _bytes.Length)
        {
            byte[] larger = GC.AllocateArray<byte>(Math.Max(_bytes.Length * 2, _length + framed), pinned: true);
            Bytes.CopyTo(larger);
            _bytes = larger;
        }

        Span<byte> place = _bytes.AsSpan(_length, framed);
        place.Clear();
        MemoryMarshal.Write(place, (uint)record.Length);
        record.CopyTo(place[HeaderBytes..]);
        _length += framed;
        Count++;
        return this;
    }

    /// <summary>Bytes without a frame of their own: whatever the reader makes of them.</summary>
    public FramedRecords AddRaw(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _bytes.Length)
        {
            byte[] larger = GC.AllocateArray<byte>(Math.Max(_bytes.Length * 2, _length + bytes.Length), pinned: true);
            Bytes.CopyTo(larger);
            _bytes = larger;
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        return this;
    }

    public void Clear()
    {
        _length = 0;
        Count = 0;
    }

    /// <summary>Lent until the next call.</summary>
    public RecordBatch Batch(long takenNs, long realMinusMonotonicNs = 0, long lost = 0, long unseen = 0)
    {
        _batch.Lend(Bytes, takenNs, realMinusMonotonicNs, lost, unseen);
        return _batch;
    }
}
