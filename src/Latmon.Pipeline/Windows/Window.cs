using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Windows;

/// <summary>One second of finished exchanges, by the time at which they ended. Reused for a later second.</summary>
internal sealed class Window(KeptBudget budget)
{
    public const long LengthNs = 1_000_000_000;
    public const int KeptSlowest = 32;

    /// <summary>CLOCK_MONOTONIC second.</summary>
    public long Number { get; private set; }

    /// <summary>From the end of the exchanges to their counting, all of them together.</summary>
    public long LagNs { get; set; }

    public LayerTally Layers { get; } = new();

    public SlowestTraces Slowest { get; } = new(KeptSlowest, budget);

    public void Begin(long number)
    {
        Number = number;
        LagNs = 0;
        Layers.Clear();
        Slowest.Clear();
    }

    public void Add(in TraceRun request)
    {
        Layers.Add(request.Items[0]);
        Slowest.Offer(request);
    }
}
