using System.Globalization;
using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;
using Latmon.Pipeline.Wire;

namespace Latmon.Benchmarks;

/// <summary>
/// One line for <c>make bench</c>: the median of several rounds, of the time that this process had a core, because it shares its
/// machine. The clock stands still while the recorded turns are made ready for the next pass.
/// </summary>
internal sealed class QuickRun
{
    private const int Rounds = 11;
    private const int PassesPerRound = 600;

    private readonly RecordedTurns _turns = new();
    private readonly Correlator _correlator = new();
    private readonly TraceAssembler _assembler = new();
    private readonly LiveWindows _windows = new(TraceFilter.None);
    private long _bytes;
    private long _counted;

    public void Print()
    {
        _ = Round();
        _bytes = _counted = 0;
        double[] rates = new double[Rounds];
        for (int i = 0; i < Rounds; i++)
        {
            rates[i] = Round();
        }

        Array.Sort(rates);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"pipeline: {rates[Rounds / 2]:0} turns/s, {(double)_bytes / _counted:0.###} bytes/turn"));
    }

    /// <returns>Turns per second of one core, snapshots included.</returns>
    private double Round()
    {
        TimeSpan spent = TimeSpan.Zero;
        for (int pass = 0; pass < PassesPerRound; pass++)
        {
            RecordBatch batch = _turns.Next();
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan started = Environment.CpuUsage.TotalTime;
            Snapshot? snapshot = _windows.Add(_assembler.Assemble(_correlator.Correlate(batch)));
            spent += Environment.CpuUsage.TotalTime - started;
            if (snapshot is null)
            {
                _bytes += GC.GetAllocatedBytesForCurrentThread() - bytes;
                _counted += RecordedTurns.Count;
            }
        }

        return PassesPerRound * RecordedTurns.Count / spent.TotalSeconds;
    }
}
