using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Bpf.Tests;

/// <summary>The ring with a kernel behind it.</summary>
public sealed class RingBufferTests
{
    private const string Get = "GET /a HTTP/1.1\r\nHost: shop\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public void Every_request_is_one_record_while_the_ring_goes_round_several_times()
    {
        const int Requests = 1009;
        using LoopbackConversation conversation = new LoopbackConversation().Connect();
        using BpfObject programs = Programs.Load();
        programs.Map("listeners").Set(((ulong)conversation.Port << 32) | Netns(), (byte)1);
        using RingBuffer ring = new(programs.Map("records"));
        programs.AttachTo(conversation);
        List<uint> numbers = [];
        for (int i = 0; i < Requests; i++)
        {
            conversation.Say(Get, Ok);
            Drain(ring, numbers);
        }

        conversation.Close();
        Assert.True(Eventually.Is(() =>
        {
            Drain(ring, numbers);
            return numbers.Distinct().Count() == Requests;
        }));
        Assert.Equal(Enumerable.Range(1, Requests).Select(number => (uint)number), numbers.Distinct());
        Assert.Equal(0, programs.Global<long>("lost_records").Value);
    }

    [Fact]
    public void What_does_not_fit_is_counted_as_lost()
    {
        const int Requests = 1009;
        using LoopbackConversation conversation = new LoopbackConversation().Connect();
        using BpfObject programs = Programs.Load(ringBytes: 16 * 1024);
        programs.Map("listeners").Set(((ulong)conversation.Port << 32) | Netns(), (byte)1);
        using RingBuffer ring = new(programs.Map("records"));
        programs.AttachTo(conversation);
        for (int i = 0; i < Requests; i++)
        {
            conversation.Say(Get, Ok);
        }

        BpfGlobal<long> lost = programs.Global<long>("lost_records");
        Assert.InRange(lost.Value, 900, Requests);
        List<uint> numbers = [];
        Drain(ring, numbers);
        conversation.Close();
        Assert.True(
            Eventually.Is(() =>
            {
                Drain(ring, numbers);
                return numbers.Distinct().Count() + lost.Value == Requests;
            }),
            $"{numbers.Distinct().Count()} seen, {lost.Value} lost");
    }

    [Fact]
    public void What_was_taken_stays_until_it_is_released()
    {
        using LoopbackConversation conversation = new LoopbackConversation().Connect();
        using BpfObject programs = Programs.Load();
        programs.Map("listeners").Set(((ulong)conversation.Port << 32) | Netns(), (byte)1);
        using RingBuffer ring = new(programs.Map("records"));
        programs.AttachTo(conversation);
        Assert.True(ring.Take().IsEmpty);
        conversation.Say(Get, Ok);
        conversation.Say(Get, Ok);
        Assert.False(ring.Take().IsEmpty);
        int length = ring.Take().Length;
        ring.Release(length);
        Assert.True(ring.Take().Length < length);
        ring.Dispose();
        ring.Dispose();
        _ = Assert.Throws<ObjectDisposedException>(() => ring.Take().Length);
    }

    private static void Drain(RingBuffer ring, List<uint> numbers)
    {
        ReadOnlySpan<byte> framed = ring.Take();
        RecordReader reader = new(framed);
        while (reader.TryRead(out RecordKind kind, out ReadOnlySpan<byte> record))
        {
            if (kind == RecordKind.Turn)
            {
                numbers.Add(RecordReader.Turn(record).Number);
            }
        }

        Assert.Equal(0, reader.Malformed);
        ring.Release(framed.Length);
    }

    private static ulong Netns() => Inode.TryGet("/proc/self/ns/net", out ulong inode) ? inode : throw new InvalidOperationException();
}
