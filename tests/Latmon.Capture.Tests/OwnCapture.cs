using Latmon.Bpf;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Capture.Tests;

/// <summary>The live programs, attached for one connection on a port of the test's own, and what they hand over.</summary>
internal sealed class OwnCapture : IDisposable
{
    private readonly KernelPrograms _kernel = KernelPrograms.Load();

    public OwnCapture()
    {
        Ring = new RingBuffer(_kernel.Object.Map("records"));
        new KernelFilter(_kernel.Object).Apply(new TraceFilter { Ports = [Conversation.Port] });
        _kernel.Attach();
        _ = Conversation.Connect();
    }

    public LoopbackConversation Conversation { get; } = new();

    public RingBuffer Ring { get; }

    public long Lost => _kernel.Object.Global<long>("lost_turns").Value;

    /// <summary>Numbers of the turns that came; a turn that is handed over again comes twice.</summary>
    public void DrainInto(ISet<uint> numbers)
    {
        ReadOnlySpan<byte> framed = Ring.Take();
        RecordReader reader = new(framed);
        while (reader.TryRead(out RecordKind kind, out ReadOnlySpan<byte> record))
        {
            if (kind == RecordKind.Turn)
            {
                _ = numbers.Add(RecordReader.Turn(record).Number);
            }
        }

        Assert.Equal(0, reader.Malformed);
        Ring.Release(framed.Length);
    }

    public void Dispose()
    {
        Conversation.Dispose();
        Ring.Dispose();
        _kernel.Dispose();
    }
}
