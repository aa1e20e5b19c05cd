using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>
/// Asks the programs for answers that wait for nothing any more: their acknowledgement came while the kernel left the program out
/// that would have seen it, and on a connection that stays idle nothing else tells. One thread, and another one for the last time.
/// </summary>
internal sealed class AnswerSweeper : IDisposable
{
    private const long EveryNs = 1_000_000_000;

    /// <summary>Looking at a hundred thousand sockets takes longer than at ten: never more than 0.5 % of a core.</summary>
    private const int LeastRest = 200;

    private readonly BpfIterator? _answers;
    private readonly FileStream? _lastRun;
    private readonly BpfGlobal<uint> _last;
    private long _nextNs;

    /// <param name="answers">Null where the kernel refuses it.</param>
    public AnswerSweeper(BpfObject programs, BpfIterator? answers)
    {
        _last = programs.Global<uint>("flush_last");
        _answers = answers;
        _lastRun = answers?.Open();
    }

    public void SweepIfDue(long nowNs)
    {
        if (_answers is null || nowNs < _nextNs)
        {
            return;
        }

        _answers.Run();
        _nextNs = nowNs + Math.Max(EveryNs, LeastRest * (MonotonicClock.NowNs - nowNs));
    }

    /// <summary>Everything that waits is handed over: nobody will ask again.</summary>
    public void SweepLast()
    {
        _last.Value = 1;
        _lastRun?.CopyTo(Stream.Null);
    }

    public void Dispose() => _lastRun?.Dispose();
}
