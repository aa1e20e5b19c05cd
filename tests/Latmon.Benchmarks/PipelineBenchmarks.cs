using BenchmarkDotNet.Attributes;
using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;
using Latmon.Pipeline.Wire;

namespace Latmon.Benchmarks;

/// <summary>Recorded HTTP turns on one thread, stage by stage; all numbers are per turn.</summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private readonly RecordedTurns _turns = new();
    private readonly Correlator _correlator = new();
    private readonly TraceAssembler _assembler = new();
    private readonly LiveWindows _windows = new(TraceFilter.None);
    private readonly LatencyTotals _totals = new(TraceFilter.None);

    /// <summary>What the others pay for making the recording ready again.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = RecordedTurns.Count)]
    public RecordBatch Replay() => _turns.Next();

    [Benchmark(OperationsPerInvoke = RecordedTurns.Count)]
    public int Decode()
    {
        RecordReader reader = new(_turns.Next().Bytes);
        int count = 0;
        while (reader.TryRead(out _, out _))
        {
            count++;
        }

        return count;
    }

    [Benchmark(OperationsPerInvoke = RecordedTurns.Count)]
    public ExchangeBatch DecodeCorrelate() => _correlator.Correlate(_turns.Next());

    [Benchmark(OperationsPerInvoke = RecordedTurns.Count)]
    public ExchangeBatch DecodeCorrelateAssemble() => _assembler.Assemble(_correlator.Correlate(_turns.Next()));

    [Benchmark(OperationsPerInvoke = RecordedTurns.Count)]
    public Snapshot? DecodeCorrelateWindow() => _windows.Add(_correlator.Correlate(_turns.Next()));

    [Benchmark(OperationsPerInvoke = RecordedTurns.Count)]
    public void DecodeCorrelateTotals() => _totals.Add(_correlator.Correlate(_turns.Next()));
}
