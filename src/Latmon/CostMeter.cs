using System.Diagnostics;
using Latmon.Capture;
using Latmon.Tui;

namespace Latmon;

/// <summary>What the observed processes pay now: the measured time per request, at the rate of the last seconds. One thread.</summary>
internal sealed class CostMeter(ProgramCost cost, Func<long> requests)
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(2);

    private long _at = Stopwatch.GetTimestamp();
    private long _requests = requests();
    private double _perSecond;

    public ProbeCost Read()
    {
        TimeSpan passed = Stopwatch.GetElapsedTime(_at);
        if (passed >= Span)
        {
            long now = requests();
            _perSecond = (now - _requests) / passed.TotalSeconds;
            _requests = now;
            _at = Stopwatch.GetTimestamp();
        }

        const double NsPerPercent = 1e7;
        return cost.Figure is { } figure
            ? new ProbeCost(figure.NsPerRequest, figure.NsPerRequest * _perSecond / NsPerPercent, figure.IsLeast)
            : ProbeCost.Unknown(cost.Missing);
    }
}
