using System.Runtime.InteropServices;

namespace Latmon.Pipeline.Wire;

/// <summary>
/// The fixed part of <c>struct span</c> in <c>latmon.h</c>, where each field is explained; the text follows it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct SpanRecord
{
    public RecordKind Kind;
    public ushort Probe;
    public ushort TextLen;
    public int Pid;
    public int Tid;
    public long StartNs;
    public long EndNs;
    public ulong Key;

    /// <summary>LATMON_SPAN_BYTES: of the text.</summary>
    public const int TextBytes = 512;
}
