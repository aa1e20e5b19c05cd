using Latmon.Bpf;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Capture.Tests;

/// <summary>The live programs, attached for one connection on a port of the test's own, and what they hand over.</summary>
internal sealed class OwnCapture : IDisposable
{
    private readonly KernelPrograms _kernel;

    public OwnCapture()
        : this(standIns: null, kernel => kernel.Attach())
    {
    }

    private OwnCapture(bool? standIns, Action<KernelPrograms> attach)
    {
        _kernel = KernelPrograms.Load(standIns: standIns);
        Ring = new RingBuffer(_kernel.Object.Map("records"));
        new KernelFilter(_kernel.Object).Apply(new TraceFilter { Ports = [Conversation.Port] });
        attach(_kernel);
        _ = Conversation.Connect();
    }

    /// <summary>Where every program has stand-ins and so many of each boundary are left out, the first ones first.</summary>
    public static OwnCapture LeavingOut(int programs) => new(standIns: true, kernel =>
    {
        foreach (HookChoice choice in kernel.Hooks.Where(choice => choice.Hook is not null))
        {
            Hook[] left = choice.StandIns.IsEmpty ? [] : [.. choice.StandIns.Prepend(choice.Hook!).Take(programs)];
            foreach (Hook hook in choice.Hooks.Except(left))
            {
                kernel.Object.Attach(hook.Program);
            }
        }
    });

    /// <summary>Where one program has to be attached by the test.</summary>
    public static OwnCapture Without(BoundaryId boundary) => new(standIns: false, kernel =>
    {
        foreach (HookChoice choice in kernel.Hooks.Where(choice => choice.Hook is not null && choice.Boundary.Id != boundary))
        {
            kernel.Object.Attach(choice.Hook!.Program);
        }
    });

    public void Attach(BoundaryId boundary) =>
        _kernel.Object.Attach(_kernel.Hooks.Single(choice => choice.Boundary.Id == boundary).Hook!.Program);

    public LoopbackConversation Conversation { get; } = new();

    public RingBuffer Ring { get; }

    public long Lost => _kernel.Object.Global<long>("lost_turns").Value;

    /// <summary>Numbers of the turns that came; a turn that is handed over again comes twice.</summary>
    public void DrainInto(ISet<uint> numbers) => Drain((in turn) => numbers.Add(turn.Number));

    public void Drain(TurnAction each)
    {
        ReadOnlySpan<byte> framed = Ring.Take();
        RecordReader reader = new(framed);
        while (reader.TryRead(out RecordKind kind, out ReadOnlySpan<byte> record))
        {
            if (kind == RecordKind.Turn)
            {
                each(RecordReader.Turn(record));
            }
        }

        Assert.Equal(0, reader.Malformed);
        Ring.Release(framed.Length);
    }

    public delegate void TurnAction(in TurnRecord turn);

    public void Dispose()
    {
        Conversation.Dispose();
        Ring.Dispose();
        _kernel.Dispose();
    }
}
