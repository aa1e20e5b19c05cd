namespace Latmon.Pipeline.Wire;

/// <summary>What a record on the ring is. Numbers as in <c>latmon.h</c>.</summary>
public enum RecordKind : uint
{
    Turn = 1,
    Close = 2,
    Segment = 3,
    Ready = 4,
    Read = 5,
    Write = 6,
    Tx = 7,
    Ack = 8,
    Span = 9,
    Path = 10,
    Alive = 11,
    Swept = 12,
}

/// <summary>As <c>enum turn_flags</c> in <c>latmon.h</c>.</summary>
[Flags]
public enum TurnNotes : uint
{
    None = 0,
    Updated = 1,
    Stream = 2,
    Closed = 4,
    BeforeAccept = 8,
    Partial = 16,
    Cpu = 32,
    Overlap = 64,
    Plain = 128,
    Serves = 256,
}
