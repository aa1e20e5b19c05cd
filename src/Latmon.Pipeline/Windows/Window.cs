using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Windows;

/// <summary>One second of finished exchanges, by the time at which they ended. Reused for a later second.</summary>
internal sealed class Window
{
    public const long LengthNs = 1_000_000_000;
    public const int KeptSlowest = 32;

    /// <summary>CLOCK_MONOTONIC second.</summary>
    public long Number { get; private set; }

    public LayerTally Layers { get; } = new();

    public SlowestExchanges Slowest { get; } = new(KeptSlowest);

    public void Begin(long number)
    {
        Number = number;
        Layers.Clear();
        Slowest.Clear();
    }

    public void Add(in Exchange exchange, ReadOnlySpan<byte> path)
    {
        Layers.Add(exchange);
        Slowest.Offer(exchange, path);
    }
}
