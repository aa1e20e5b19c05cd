using System.Globalization;
using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;
using Latmon.Pipeline.Wire;

namespace Latmon.Benchmarks;

/// <summary>
/// The lines of <c>make bench</c>, each the median of several rounds, of the time that this process had a core, because it shares its
/// machine. The clock stands still while the recorded turns are made ready for the next pass.
/// </summary>
internal sealed class QuickRun(string name, string unit, int perBatch, int passesPerRound, Func<RecordBatch> next)
{
    private const int Rounds = 11;

    private readonly Correlator _correlator = new();
    private readonly TraceAssembler _assembler = new();
    private readonly LiveWindows _windows = new(TraceFilter.None);
    private long _bytes;
    private long _counted;

    public static void PrintAll()
    {
        new QuickRun("pipeline", "turn", RecordedTurns.Count, 600, new RecordedTurns().Next).Print();
        new QuickRun("chain of three, by threads", "trace", RecordedChain.Traces, 300, new RecordedChain(hasIds: false).Next).Print();
        new QuickRun("chain of three, with ids", "trace", RecordedChain.Traces, 300, new RecordedChain(hasIds: true).Next).Print();
    }

    private void Print()
    {
        _ = Round();
        _bytes = _counted = 0;
        double[] rates = new double[Rounds];
        for (int i = 0; i < Rounds; i++)
        {
            rates[i] = Round();
        }

        Array.Sort(rates);
        AssemblyCounters assembly = _assembler.Flush().Assembly;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {rates[Rounds / 2]:0} {unit}s/s, {(double)_bytes / _counted:0.###} bytes/{unit}; {assembly.Calls} calls, {assembly.Unparented} without a parent"));
    }

    /// <returns>Turns or traces per second of one core, snapshots included.</returns>
    private double Round()
    {
        TimeSpan spent = TimeSpan.Zero;
        for (int pass = 0; pass < passesPerRound; pass++)
        {
            RecordBatch batch = next();
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan started = Environment.CpuUsage.TotalTime;
            Snapshot? snapshot = _windows.Add(_assembler.Assemble(_correlator.Correlate(batch)));
            spent += Environment.CpuUsage.TotalTime - started;
            if (snapshot is null)
            {
                _bytes += GC.GetAllocatedBytesForCurrentThread() - bytes;
                _counted += perBatch;
            }
        }

        return passesPerRound * perBatch / spent.TotalSeconds;
    }
}
