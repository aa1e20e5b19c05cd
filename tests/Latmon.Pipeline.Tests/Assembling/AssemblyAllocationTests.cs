using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>Putting traces together and counting them allocates nothing per exchange in steady state.</summary>
public sealed class AssemblyAllocationTests
{
    private const int Batches = 400;
    private const int PerBatch = 100;
    private const long DrainNs = 10_000_000;

    /// <summary>As <see cref="AllocationTests"/>.</summary>
    private const long BufferRests = 16 * 1024;

    [Fact]
    public void Chains_of_request_call_and_query()
    {
        TraceWorld world = new();
        Happening request = world.Request(100, 101, 0, 5000);
        Happening call = world.Call(100, 101, 500, 4000, request.Id);
        Happening query = world.Request(200, 200, 700, 3000);
        TraceWorld.Link(call, query);
        TraceAssembler assembler = new();
        LatencyTotals totals = new(TraceFilter.None);
        ExchangeBatch batch = new();
        long allocated = 0;
        for (int i = -Batches; i < Batches; i++)
        {
            batch.Begin(TurnBuilder.BaseNs + ((i + Batches) * DrainNs), 0);
            for (int j = 0; j < PerBatch; j++)
            {
                uint number = (uint)(((i + Batches) * PerBatch) + j);
                foreach (Happening happening in (ReadOnlySpan<Happening>)[request, call, query])
                {
                    Exchange exchange = happening.Value;
                    Shift(ref exchange, number, (i + Batches) * DrainNs);
                    batch.Add(exchange, "/a"u8);
                }
            }

            int collections = GC.CollectionCount(0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            totals.Add(assembler.Assemble(batch));
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            allocated += i >= 0 && collections == GC.CollectionCount(0) ? bytes : 0;
        }

        Assert.InRange(allocated, 0, BufferRests);
        Assert.Equal(Batches * PerBatch * 2, (int)assembler.Assemble(batch).Assembly.Calls - PerBatch);
    }

    private static void Shift(ref Exchange exchange, uint number, long ns)
    {
        exchange.Turn = number;
        exchange.Tid = exchange.WriteTid = exchange.Pid + (int)(number % PerBatch);
        exchange.StartNs += ns + ((number % PerBatch) * 6000);
        exchange.InsideFromNs += ns + ((number % PerBatch) * 6000);
        exchange.InsideToNs += ns + ((number % PerBatch) * 6000);
        exchange.RequestSeq += number * 100;
        exchange.ResponseSeq += number * 7;
    }
}
