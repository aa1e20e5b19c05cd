using System.Globalization;
using System.Runtime.InteropServices;
using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Tests.Protocols;
using Latmon.Pipeline.Windows;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests;

/// <summary>Decode, correlate and window allocate nothing per turn in steady state; a snapshot may.</summary>
public sealed class AllocationTests
{
    private const int Batches = 200;
    private const int TurnsPerBatch = 1000;
    private const long DrainNs = 10_000_000;
    private const int HeaderBytes = 8;

    /// <summary>
    /// Two allocation buffers of the runtime, whose rests it may book at any moment: 0.2 bytes a turn at most, where the smallest
    /// object for each would be 24.
    /// </summary>
    private const long BufferRests = 16 * 1024;

    [Fact]
    public void Keep_alive_turns_of_a_few_connections() => Assert.InRange(AllocatedBy(connections: 8, paths: 16, TurnNotes.None), 0, BufferRests);

    [Fact]
    public void Keep_alive_turns_of_hundreds_of_connections() => Assert.InRange(AllocatedBy(500, 100, TurnNotes.None), 0, BufferRests);

    [Fact]
    public void Connections_that_come_and_go_with_every_turn() => Assert.InRange(AllocatedBy(500, 100, TurnNotes.Closed), 0, BufferRests);

    /// <summary>Once a second the table looks for silent groups; a second is 100,000 of these turns.</summary>
    [Fact]
    public void More_routes_than_there_is_room_for() => Assert.InRange(AllocatedBy(100, 1000, TurnNotes.None), 0, 2000 + BufferRests);

    [Fact]
    public void A_filter_with_every_kind_of_term() =>
        Assert.InRange(AllocatedBy(8, 16, TurnNotes.None, "/p* status:2xx >10us protocol:http"), 0, BufferRests);

    [Fact]
    public void Statements_of_every_kind() => Assert.InRange(AllocatedBy(Statements(connections: 8)), 0, BufferRests);

    private static long AllocatedBy(int connections, int paths, TurnNotes flags, string filterText = "") =>
        AllocatedBy(Turns(connections, paths, flags), filterText);

    private static long AllocatedBy(FramedRecords records, string filterText = "")
    {
        Assert.True(FilterText.TryParse(filterText, out TraceFilter filter, out _));
        Correlator correlator = new();
        TraceAssembler assembler = new();
        LiveWindows windows = new(filter);
        LatencyTotals totals = new(filter);
        long takenNs = TurnBuilder.BaseNs + DrainNs;
        long allocated = 0;
        long exchanges = 0;

        // Twice through what a group remembers, so that nothing measured is done for the first time.
        for (int batch = -8 * WindowRing.SummaryWindows; batch < Batches; batch++)
        {
            long step = batch < 0 ? 25 * DrainNs : DrainNs;
            Advance(records, step);
            takenNs += step;
            int collections = GC.CollectionCount(0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ExchangeBatch done = assembler.Assemble(correlator.Correlate(records.Batch(takenNs)));
            totals.Add(done);
            Snapshot? snapshot = windows.Add(done);
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;

            // A collection, which any thread may cause, books what is left of this thread's allocation buffer as allocated.
            bool undisturbed = collections == GC.CollectionCount(0);
            allocated += batch >= 0 && snapshot is null && undisturbed ? bytes : 0;
            exchanges += batch >= 0 ? done.Count : 0;
        }

        Assert.Equal(Batches * TurnsPerBatch, exchanges);
        return allocated;
    }

    private static FramedRecords Turns(int connections, int paths, TurnNotes flags)
    {
        FramedRecords records = new();
        for (int i = 0; i < TurnsPerBatch; i++)
        {
            _ = records.Add(new TurnBuilder((ulong)(i % connections) + 1, (uint)(i / connections) + 1)
                .Request(string.Create(CultureInfo.InvariantCulture, $"GET /p{i % paths}x?q=1 HTTP/1.1\r\nHost: shop\r\n\r\n"))
                .Response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").At(0).Whole().Flags(flags | TurnNotes.Cpu));
        }

        return records;
    }

    private static FramedRecords Statements(int connections)
    {
        byte[][] requests =
        [
            PostgresBytes.Query("select a from t where b = 'x' and c in (1, 2, 3)"),
            PostgresBytes.Join(PostgresBytes.Parse("", "update t set a = $1"), PostgresBytes.Bind(""), PostgresBytes.Execute(), PostgresBytes.Sync),
            PostgresBytes.Join(PostgresBytes.Parse("S_1", "select 1 from u"), PostgresBytes.Bind("S_1"), PostgresBytes.Execute(), PostgresBytes.Sync),
            PostgresBytes.Join(PostgresBytes.Bind("S_1"), PostgresBytes.Execute(), PostgresBytes.Sync),
            PostgresBytes.Join(PostgresBytes.Bind("S_2"), PostgresBytes.Execute(), PostgresBytes.Sync),
        ];
        FramedRecords records = new();
        for (int i = 0; i < TurnsPerBatch; i++)
        {
            _ = records.Add(new TurnBuilder((ulong)(i % connections) + 1, (uint)(i / connections) + 1)
                .Request(requests[i / connections % requests.Length])
                .Response(PostgresBytes.Join(PostgresBytes.Complete("SELECT 1"), PostgresBytes.Ready())).At(0).Whole().Flags(TurnNotes.Cpu));
        }

        return records;
    }

    private static void Advance(FramedRecords records, long ns)
    {
        Span<byte> rest = records.Editable;
        while (!rest.IsEmpty)
        {
            int length = MemoryMarshal.Read<int>(rest);
            ref TurnRecord turn = ref MemoryMarshal.AsRef<TurnRecord>(rest[HeaderBytes..]);
            turn.Number += TurnsPerBatch;
            foreach (ref long stamp in MemoryMarshal.CreateSpan(ref turn.NicNs, 12))
            {
                stamp += stamp > 0 ? ns : 0;
            }

            rest = rest[(HeaderBytes + ((length + 7) & ~7))..];
        }
    }
}
