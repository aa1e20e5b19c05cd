using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latmon.Pipeline.Wire;

/// <summary>
/// Walks a run of framed records: 8 bytes of header (length, with a discard bit on top), the record, padding to 8. Any byte
/// sequence is accepted: what does not fit ends the walk or is skipped, and is counted.
/// </summary>
public ref struct RecordReader(ReadOnlySpan<byte> framed)
{
    private const int HeaderBytes = 8;
    private const uint Discarded = 1u << 30;
    private const uint LengthMask = Discarded - 1;

    private ReadOnlySpan<byte> _rest = framed;

    /// <summary>Records that were too short for their kind, of an unknown kind, or cut off.</summary>
    public int Malformed { get; private set; }

    /// <summary>The next record that is long enough for its kind, or false at the end.</summary>
    public bool TryRead(out RecordKind kind, out ReadOnlySpan<byte> record)
    {
        while (_rest.Length >= HeaderBytes)
        {
            uint header = MemoryMarshal.Read<uint>(_rest);
            long length = header & LengthMask;
            if (length > _rest.Length - HeaderBytes)
            {
                break;
            }

            record = _rest.Slice(HeaderBytes, (int)length);
            _rest = _rest[(int)Math.Min(_rest.Length, HeaderBytes + ((length + 7) & ~7L))..];
            if ((header & Discarded) != 0)
            {
                continue;
            }

            kind = length >= sizeof(uint) ? MemoryMarshal.Read<RecordKind>(record) : 0;
            if (IsWhole(kind, record))
            {
                return true;
            }

            Malformed++;
        }

        Malformed += _rest.IsEmpty ? 0 : 1;
        _rest = default;
        kind = 0;
        record = default;
        return false;
    }

    public static ref readonly TurnRecord Turn(ReadOnlySpan<byte> record) => ref MemoryMarshal.AsRef<TurnRecord>(record);

    public static ref readonly FragmentRecord Fragment(ReadOnlySpan<byte> record) =>
        ref MemoryMarshal.AsRef<FragmentRecord>(record);

    public static ref readonly SpanRecord Span(ReadOnlySpan<byte> record) => ref MemoryMarshal.AsRef<SpanRecord>(record);

    /// <summary>As the process had it: not masked.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> record, in SpanRecord span) =>
        record.Slice(Unsafe.SizeOf<SpanRecord>(), span.TextLen);

    /// <summary>The kept beginning of the request.</summary>
    public static ReadOnlySpan<byte> RequestHead(ReadOnlySpan<byte> record, in TurnRecord turn) =>
        record.Slice(Unsafe.SizeOf<TurnRecord>(), turn.RequestHead);

    /// <summary>The kept beginning of the answer.</summary>
    public static ReadOnlySpan<byte> ResponseHead(ReadOnlySpan<byte> record, in TurnRecord turn) =>
        record.Slice(Unsafe.SizeOf<TurnRecord>() + turn.RequestHead, turn.ResponseHead);

    public static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> record, in FragmentRecord fragment) =>
        record.Slice(Unsafe.SizeOf<FragmentRecord>(), (int)fragment.DataLen);

    private static bool IsWhole(RecordKind kind, ReadOnlySpan<byte> record)
    {
        if (kind == RecordKind.Turn)
        {
            return record.Length >= Unsafe.SizeOf<TurnRecord>() && HeadsFit(record, Turn(record));
        }

        if (kind == RecordKind.Span)
        {
            return record.Length >= Unsafe.SizeOf<SpanRecord>()
                && Span(record).TextLen <= record.Length - Unsafe.SizeOf<SpanRecord>();
        }

        return kind is (>= RecordKind.Close and <= RecordKind.Ack) or (>= RecordKind.Path and <= RecordKind.Swept)
            && record.Length >= Unsafe.SizeOf<FragmentRecord>()
            && Fragment(record).DataLen <= record.Length - Unsafe.SizeOf<FragmentRecord>();
    }

    private static bool HeadsFit(ReadOnlySpan<byte> record, in TurnRecord turn) =>
        turn.RequestHead <= TurnRecord.HeadBytes
        && turn.ResponseHead <= TurnRecord.HeadBytes
        && turn.RequestHead + turn.ResponseHead <= record.Length - Unsafe.SizeOf<TurnRecord>();
}
