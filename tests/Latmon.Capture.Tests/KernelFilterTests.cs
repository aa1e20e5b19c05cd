using System.Globalization;
using System.Net;
using Latmon.Bpf;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Latmon.Capture.Tests;

/// <summary>
/// What the kernel decides, with real programs and real packets on a port of the test's own. Needs root; where the kernel refuses,
/// these fail.
/// </summary>
public sealed class KernelFilterTests : IDisposable
{
    private const string Get = "GET /a HTTP/1.1\r\n\r\n";
    private const string OwnName = "/proc/self/comm";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly LoopbackConversation _conversation = new();
    private readonly KernelPrograms _kernel = KernelPrograms.Load();
    private readonly BpfObject _programs;
    private readonly RingBuffer _ring;
    private readonly KernelFilter _filter;
    private readonly BpfIterator _flush;

    public KernelFilterTests()
    {
        _programs = _kernel.Object;
        _ring = new RingBuffer(_programs.Map("records"));
        _filter = new KernelFilter(_programs);
        _flush = _kernel.FlushIterator()!;
        _programs.Global<uint>("flush_last").Value = 1;
        _filter.Apply(OwnPort);
        _kernel.Attach();
    }

    private TraceFilter OwnPort => new() { Ports = [_conversation.Port] };

    private static string OwnPid => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public void The_own_port_is_seen() => Assert.Equal(2, SeenOfTwo(OwnPort));

    [Fact]
    public void Another_port_is_not() => Assert.Equal(0, SeenOfTwo(new TraceFilter { Ports = [_conversation.Port ^ 1] }));

    [Fact]
    public void The_own_process_is_seen_by_its_number() => Assert.Equal(2, SeenOfTwo(OwnPort with { Processes = [OwnPid] }));

    /// <summary>The kernel keeps 15 bytes of a name; the user types all of it.</summary>
    [Fact]
    public void The_own_process_is_seen_by_its_name()
    {
        const string LongName = "latmon-unit-tests";
        string before = File.ReadAllText(OwnName);
        File.WriteAllText(OwnName, LongName);
        try
        {
            Assert.Equal(2, SeenOfTwo(OwnPort with { Processes = ["nginx", LongName] }));
        }
        finally
        {
            File.WriteAllText(OwnName, before.Trim());
        }
    }

    [Fact]
    public void Another_process_is_not() => Assert.Equal(0, SeenOfTwo(OwnPort with { Processes = ["nginx", "1"] }));

    [Fact]
    public void The_own_network_namespace_is_seen() => Assert.Equal(2, SeenOfTwo(OwnPort with { Netns = OwnPid }));

    [Fact]
    public void The_connection_of_the_terminal_is_left_out()
    {
        _ = _conversation.Connect();
        _filter.LeaveOut(new Terminal(IPAddress.Loopback, (ushort)_conversation.ClientPort, (ushort)_conversation.Port));
        _filter.Apply(OwnPort);
        Assert.Equal(0, SayTwice());
        _filter.LeaveOut(new Terminal(IPAddress.Loopback, (ushort)(_conversation.ClientPort ^ 1), (ushort)_conversation.Port));
        _filter.Apply(OwnPort);
        Assert.Equal(2, SayTwice());
    }

    [Fact]
    public void A_change_counts_from_the_next_packet_of_a_connection_that_is_open()
    {
        _ = _conversation.Connect();
        Assert.Equal(2, SayTwice());
        _filter.Apply(OwnPort with { Processes = ["nginx"] });
        Assert.Equal(0, SayTwice());
        _filter.Apply(OwnPort);
        Assert.Equal(2, SayTwice());
    }

    [Fact]
    public void A_namespace_that_does_not_exist_changes_nothing()
    {
        BpfGlobal<uint> generation = _programs.Global<uint>("filter_generation", ".data");
        uint before = generation.Value;
        _ = Assert.Throws<CaptureException>(() => _filter.Apply(new TraceFilter { Netns = "/run/netns/there-is-none" }));
        Assert.Equal(before, generation.Value);
        _ = _conversation.Connect();
        Assert.Equal(2, SayTwice());
    }

    [Fact]
    public void Every_port_has_its_place()
    {
        Span<byte> uses = _programs.Global<byte>("port_uses").Span;
        _filter.Apply(OwnPort with { Ports = [_conversation.Port, 1, 65535] });
        Assert.Equal((0, 1, 1, 1), (uses[0], uses[1], uses[65535], uses[_conversation.Port]));
        _filter.Apply(OwnPort);
        Assert.Equal((0, 0, 0, 1), (uses[0], uses[1], uses[65535], uses[_conversation.Port]));
    }

    public void Dispose()
    {
        _conversation.Dispose();
        _ring.Dispose();
        _kernel.Dispose();
    }

    private int SeenOfTwo(TraceFilter filter)
    {
        _filter.Apply(filter);
        _ = _conversation.Connect();
        return SayTwice();
    }

    /// <returns>Requests among two that were handed over. The iterator brings the answers that nobody has acknowledged yet.</returns>
    private int SayTwice()
    {
        _conversation.Say(Get, Ok);
        _conversation.Say(Get, Ok);
        _flush.Run();
        HashSet<uint> turns = [];
        ReadOnlySpan<byte> framed = _ring.Take();
        RecordReader reader = new(framed);
        while (reader.TryRead(out RecordKind kind, out ReadOnlySpan<byte> record))
        {
            if (kind == RecordKind.Turn && (RecordReader.Turn(record).Flags & TurnNotes.Updated) == 0)
            {
                _ = turns.Add(RecordReader.Turn(record).Number);
            }
        }

        _ring.Release(framed.Length);
        return turns.Count;
    }
}
