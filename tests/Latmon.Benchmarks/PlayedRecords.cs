using System.Runtime.InteropServices;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Benchmarks;

/// <summary>Recorded turns that are played again and again, each time as the next drain would find them: later by a drain.</summary>
/// <param name="drainNs">Of the turns' own clock: what one drain covers.</param>
/// <param name="renumber">What else differs from drain to drain.</param>
internal sealed class PlayedRecords(long drainNs, PlayedRecords.Renumber renumber)
{
    private const int HeaderBytes = 8;

    private long _takenNs = TurnBuilder.BaseNs + drainNs;

    /// <param name="record">The turn and its heads.</param>
    /// <param name="index">Of the record among all.</param>
    public delegate void Renumber(ref TurnRecord turn, Span<byte> record, int index);

    public FramedRecords Records { get; } = new();

    /// <summary>Lent until the next call. Not part of what is measured.</summary>
    public RecordBatch Next()
    {
        Span<byte> rest = Records.Editable;
        for (int i = 0; !rest.IsEmpty; i++)
        {
            int length = MemoryMarshal.Read<int>(rest);
            Span<byte> record = rest.Slice(HeaderBytes, length);
            ref TurnRecord turn = ref MemoryMarshal.AsRef<TurnRecord>(record);
            Delay(ref turn);
            renumber(ref turn, record, i);
            rest = rest[(HeaderBytes + ((length + 7) & ~7))..];
        }

        _takenNs += drainNs;
        return Records.Batch(_takenNs, realMinusMonotonicNs: 1_763_000_000_000_000_000);
    }

    private void Delay(ref TurnRecord turn)
    {
        turn.NicNs += drainNs;
        turn.TcpNs += drainNs;
        turn.ReadyNs += drainNs;
        turn.ReadyLastNs += drainNs;
        turn.ReadNs += drainNs;
        turn.ReadLastNs += drainNs;
        turn.WriteNs += drainNs;
        turn.WriteLastNs += drainNs;
        turn.TxNs += drainNs;
        turn.TxLastNs += drainNs;
        turn.AckNs += turn.AckNs == 0 ? 0 : drainNs;
    }
}
