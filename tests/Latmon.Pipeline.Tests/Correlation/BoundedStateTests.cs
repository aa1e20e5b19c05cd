using System.Globalization;
using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>Measures the heap of the whole process, so nothing else may run.</summary>
[CollectionDefinition(nameof(BoundedStateTests), DisableParallelization = true)]
public sealed class HeapToItself;

/// <summary>State has a cap, an eviction rule and a counter, whatever a peer does (design, section 3).</summary>
[Collection(nameof(BoundedStateTests))]
public sealed class BoundedStateTests
{
    private const int MostBytes = 4 * 1024 * 1024;
    private const string Get = "GET /a HTTP/1.1\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public void Pipelined_requests_that_are_never_answered_do_not_pile_up() =>
        Assert.InRange(GrowthAfter(StreamOf(RecordKind.Segment, Get)), long.MinValue, MostBytes);

    [Fact]
    public void Pipelined_answers_that_nobody_asked_for_do_not_pile_up() =>
        Assert.InRange(GrowthAfter(StreamOf(RecordKind.Write, Ok)), long.MinValue, MostBytes);

    [Fact]
    public void A_request_head_without_end_is_not_kept() =>
        Assert.InRange(GrowthAfter(StreamOf(RecordKind.Segment, new string('x', 600))), long.MinValue, MostBytes);

    [Fact]
    public void Acknowledgements_of_nothing_do_not_pile_up() =>
        Assert.InRange(GrowthAfter(StreamOf(RecordKind.Ack, "")), long.MinValue, MostBytes);

    [Fact]
    public void A_full_table_forgets_the_longest_silent_and_counts_unfinished_ones()
    {
        const int Extra = 1000;
        Correlator correlator = new();
        FramedRecords records = new();
        for (int i = 0; i < ConnectionTable.Capacity + Extra; i++)
        {
            records.Clear();
            _ = correlator.Correlate(records.Add(Unfinished(i)).Batch(TurnBuilder.BaseNs + i));
        }

        CorrelationCounters counters = correlator.Correlate(new FramedRecords().Batch(TurnBuilder.BaseNs)).Counters;
        Assert.Equal(ConnectionTable.Capacity / 16, counters.Evicted);
        Assert.Equal(ConnectionTable.Capacity + Extra - (ConnectionTable.Capacity / 16), counters.OpenConnections);

        // The oldest is gone, and starts anew; the newest goes on.
        Assert.Equal(0, Finish(correlator, records, 0));
        Assert.Equal(1, Finish(correlator, records, ConnectionTable.Capacity + Extra - 1));
    }

    [Fact]
    public void A_silent_connection_is_forgotten_after_ten_minutes()
    {
        Correlator correlator = new();
        FramedRecords records = new();
        _ = correlator.Correlate(records.Add(Unfinished(1)).Batch(TurnBuilder.BaseNs));
        records.Clear();
        CorrelationCounters before = correlator.Correlate(records.Batch(TurnBuilder.BaseNs + ConnectionTable.IdleNs)).Counters;
        CorrelationCounters after = correlator.Correlate(
            records.Batch(TurnBuilder.BaseNs + ConnectionTable.IdleNs + 300_000_000)).Counters;
        Assert.Equal((1, 0L), (before.OpenConnections, before.Evicted));
        Assert.Equal((0, 1L), (after.OpenConnections, after.Evicted));
    }

    private static TurnBuilder Unfinished(int conn) =>
        new TurnBuilder((ulong)conn + 1).Request(Get).Response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").At(0).Whole();

    /// <returns>How many exchanges the next request finishes that were open before it.</returns>
    private static int Finish(Correlator correlator, FramedRecords records, int conn)
    {
        records.Clear();
        TurnBuilder next = new TurnBuilder((ulong)conn + 1, 2).Request(Get).Response(Ok).At(5000).Whole();
        return correlator.Correlate(records.Add(next).Batch(TurnBuilder.BaseNs)).Count - 1;
    }

    /// <summary>A hundred fragments that go on where the last hundred ended.</summary>
    private static Action<Correlator, FramedRecords, uint> StreamOf(RecordKind kind, string text) => (correlator, records, round) =>
    {
        byte[] data = Encoding.ASCII.GetBytes(text);
        records.Clear();
        for (uint i = 0; i < 100; i++)
        {
            uint number = (round * 100) + i;
            FragmentBuilder fragment = new(kind, number: number) { Data = data };
            fragment.Record.TimeNs = TurnBuilder.BaseNs + number;
            fragment.Record.Len = (uint)data.Length;
            fragment.Record.Seq = (kind == RecordKind.Segment ? 1019u : 5040u) + (number * (uint)data.Length);
            _ = records.Add(fragment);
        }

        _ = correlator.Correlate(records.Batch(TurnBuilder.BaseNs + round));
    };

    private static long GrowthAfter(Action<Correlator, FramedRecords, uint> play)
    {
        Correlator correlator = new();
        FramedRecords records = new();
        TurnBuilder turn = new TurnBuilder().Request(Get).Response(Ok).At(0).Flags(TurnNotes.Stream).Whole();
        _ = correlator.Correlate(records.Add(turn).Batch(TurnBuilder.BaseNs));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (uint round = 0; round < 3000; round++)
        {
            play(correlator, records, round);
        }

        long growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.TestOutputHelper?.WriteLine(growth.ToString(CultureInfo.InvariantCulture));
        _ = correlator.Flush();
        return growth;
    }
}
