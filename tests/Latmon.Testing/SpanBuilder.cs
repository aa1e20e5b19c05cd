using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latmon.Pipeline.Wire;

namespace Latmon.Testing;

/// <summary>One span record: something that a process told of its inside.</summary>
public sealed class SpanBuilder
{
    private SpanRecord _record;

    public SpanBuilder(ushort probe, long startNs, long endNs)
    {
        Record.Kind = RecordKind.Span;
        Record.Probe = probe;
        Record.StartNs = startNs;
        Record.EndNs = endNs;
    }

    public ref SpanRecord Record => ref _record;

    public byte[] Text { get; set; } = [];

    public byte[] ToBytes()
    {
        Record.TextLen = (ushort)Text.Length;
        byte[] bytes = new byte[Unsafe.SizeOf<SpanRecord>() + Text.Length];
        MemoryMarshal.Write(bytes, Record);
        Text.CopyTo(bytes, Unsafe.SizeOf<SpanRecord>());
        return bytes;
    }
}
