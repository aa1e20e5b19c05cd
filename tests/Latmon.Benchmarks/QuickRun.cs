using System.Diagnostics;
using System.Globalization;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Windows;
using Latmon.Pipeline.Wire;

namespace Latmon.Benchmarks;

/// <summary>
/// One line for <c>make bench</c>: the median of several rounds, because this shares its machine. The clock stands still while
/// the recorded turns are made ready for the next pass.
/// </summary>
internal sealed class QuickRun
{
    private const int Rounds = 11;
    private const int PassesPerRound = 600;

    private readonly RecordedTurns _turns = new();
    private readonly Correlator _correlator = new();
    private readonly LiveWindows _windows = new(Pipeline.Filtering.TraceFilter.None);
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

    /// <returns>Turns per second, snapshots included.</returns>
    private double Round()
    {
        long ticks = 0;
        for (int pass = 0; pass < PassesPerRound; pass++)
        {
            RecordBatch batch = _turns.Next();
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            long started = Stopwatch.GetTimestamp();
            Snapshot? snapshot = _windows.Add(_correlator.Correlate(batch));
            ticks += Stopwatch.GetTimestamp() - started;
            if (snapshot is null)
            {
                _bytes += GC.GetAllocatedBytesForCurrentThread() - bytes;
                _counted += RecordedTurns.Count;
            }
        }

        return PassesPerRound * (double)RecordedTurns.Count * Stopwatch.Frequency / ticks;
    }
}
