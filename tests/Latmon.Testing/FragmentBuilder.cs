using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latmon.Pipeline.Wire;

namespace Latmon.Testing;

/// <summary>One fragment record: something that happened on a connection whose requests overlap.</summary>
public sealed class FragmentBuilder
{
    private FragmentRecord _record;

    public FragmentBuilder(RecordKind kind, ulong conn = 1, uint number = 0)
    {
        Record.Kind = kind;
        Record.Conn = conn;
        Record.Number = number;
    }

    public ref FragmentRecord Record => ref _record;

    public byte[] Data { get; set; } = [];

    public byte[] ToBytes()
    {
        Record.DataLen = (uint)Data.Length;
        byte[] bytes = new byte[Unsafe.SizeOf<FragmentRecord>() + Data.Length];
        MemoryMarshal.Write(bytes, Record);
        Data.CopyTo(bytes, Unsafe.SizeOf<FragmentRecord>());
        return bytes;
    }
}
