using System.Runtime.InteropServices;

namespace Latmon.Pipeline.Wire;

/// <summary>
/// The fixed part of <c>struct fragment</c> in <c>latmon.h</c>, where each field is explained; the payload follows it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct FragmentRecord
{
    public RecordKind Kind;
    public uint Number;
    public ulong Conn;
    public long TimeNs;
    public long NicNs;
    public uint Seq;
    public uint Len;
    public int Tid;
    public uint DataLen;
}
