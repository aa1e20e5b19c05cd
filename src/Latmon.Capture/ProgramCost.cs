using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>
/// What the programs cost the processes that run into them, by the kernel's own count of their run time. That count costs something
/// itself, so it is on for a second or so every <see cref="AgainAfterNs"/>, and until the first requests come.
/// </summary>
/// <remarks>
/// Ticks come from one thread. Turning the count on needs CAP_SYS_ADMIN: the first time before privileges are given up, later on
/// the thread that kept them for probes; without that thread the first figure stays.
/// </remarks>
public sealed class ProgramCost : IDisposable
{
    private const long AgainAfterNs = 20_000_000_000;
    private const long Enough = 1_000;
    private const long LongestNs = 10_000_000_000;

    private readonly Func<(ProgramRuns Main, ProgramRuns Probes)> _runs;
    private readonly Action<Action>? _withPrivileges;
    private volatile RunTimeStatistics? _statistics;
    private volatile ProgramCostFigure? _figure;
    private Baseline? _baseline;
    private long _endedNs;

    /// <param name="runs">Of the main programs and of those in the observed processes.</param>
    /// <param name="withPrivileges">Runs something on a thread that may turn the count on; null when there is none.</param>
    internal ProgramCost(Func<(ProgramRuns Main, ProgramRuns Probes)> runs, Action<Action>? withPrivileges)
    {
        _runs = runs;
        _withPrivileges = withPrivileges;
        try
        {
            _statistics = RunTimeStatistics.TurnOn();
            _baseline = new Baseline(MonotonicClock.NowNs, 0, runs());
        }
        catch (BpfException e)
        {
            Missing = e.IsPermission ? "needs root" : "needs Linux 5.8";
        }
    }

    /// <summary>Why there will be no figure; empty when there is or will be one.</summary>
    public string Missing { get; } = "";

    /// <summary>The newest; null before the first. Any thread.</summary>
    public ProgramCostFigure? Figure => _figure;

    /// <summary>Requests that were seen since the start. Read on the ticking thread.</summary>
    public Func<long> Requests { get; set; } = () => 0;

    public void Dispose() => _statistics?.Dispose();

    /// <summary>About once a second.</summary>
    internal void Tick(long nowNs)
    {
        if (_statistics is not null)
        {
            Measure(nowNs);
        }
        else if (Missing.Length == 0 && _withPrivileges is not null && nowNs - _endedNs > AgainAfterNs)
        {
            _endedNs = nowNs;
            _withPrivileges(TurnOn);
        }
    }

    private void TurnOn()
    {
        try
        {
            _statistics = RunTimeStatistics.TurnOn();
        }
        catch (BpfException)
        {
            // It was possible before; the figure that there is stays.
        }
    }

    /// <summary>Seconds without a request are not part of it: nothing is known about a request there.</summary>
    private void Measure(long nowNs)
    {
        Baseline now = new(nowNs, Requests(), _runs());
        Baseline from = _baseline ?? now;
        long requests = now.Requests - from.Requests;
        if (requests == 0)
        {
            _baseline = now;
        }
        else if (requests >= Enough || now.AtNs - from.AtNs >= LongestNs)
        {
            long ns = now.Runs.Main.TotalNs + now.Runs.Probes.TotalNs - from.Runs.Main.TotalNs - from.Runs.Probes.TotalNs;
            bool isLeast = now.Runs.Probes.Count > from.Runs.Probes.Count;
            _figure = new ProgramCostFigure((double)ns / requests, requests, isLeast);
            _statistics!.Dispose();
            _statistics = null;
            _baseline = null;
            _endedNs = nowNs;
        }
    }

    private sealed record Baseline(long AtNs, long Requests, (ProgramRuns Main, ProgramRuns Probes) Runs);
}

/// <param name="NsPerRequest">Run time of all programs, those that turned other sockets' traffic away included.</param>
/// <param name="Requests">Over how many it was measured.</param>
/// <param name="IsLeast">Probes in the observed processes ran too: what it takes to enter them is not in the kernel's count.</param>
public sealed record ProgramCostFigure(double NsPerRequest, long Requests, bool IsLeast);
