using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// The last two minutes in windows of one second. An exchange belongs to the second in which it ended. A window closes when the
/// source's clock is <see cref="LateAllowanceNs"/> past its end; what comes later still is counted and goes to the oldest
/// window that is open.
/// </summary>
/// <remarks>
/// The allowance covers what lies between the end of an exchange and its record: the peer's acknowledgement (delayed up to
/// 40 ms by Linux, 200 ms by others), the drain interval, and how long an exchange is held for its trace
/// (<see cref="Assembling.Patience.Line"/>).
/// </remarks>
internal sealed class WindowRing(KeptBudget budget)
{
    public const int Capacity = 120;

    /// <summary>Seconds that the percentiles cover, half a second more or less.</summary>
    public const int SummaryWindows = 10;

    /// <summary>The windows that these lie in: one that has just begun at each end, and one that ends after the time of its batch.</summary>
    public const int MostSummarized = SummaryWindows + 2;
    public const long LateAllowanceNs = 1_400_000_000;

    private readonly Window[] _windows = [.. Enumerable.Range(0, Capacity).Select(_ => new Window(budget))];
    private long _first = -1;
    private long _newest = -1;
    private long _nowNs;

    /// <summary>Exchanges that came after their window was closed.</summary>
    public long Late { get; private set; }

    /// <summary>The oldest window that still takes exchanges.</summary>
    public long OldestOpen { get; private set; }

    /// <summary>The first window since the start or the last <see cref="Clear"/>.</summary>
    public long First => _first;

    public long Newest => _newest;

    public long OldestSummarized => Math.Max(_first, ((_nowNs - (Window.LengthNs / 2)) / Window.LengthNs) - SummaryWindows + 1);

    public void Advance(long nowNs)
    {
        _nowNs = nowNs;
        long current = nowNs / Window.LengthNs;
        if (_first < 0)
        {
            _first = current;
            _newest = current - 1;
        }

        for (long number = Math.Max(_newest + 1, current - Capacity + 1); number <= current; number++)
        {
            At(number).Begin(number);
        }

        _newest = Math.Max(_newest, current);
        OldestOpen = Math.Max(_first, (nowNs - LateAllowanceNs) / Window.LengthNs);
    }

    /// <summary>Its window. A batch may hold what ended after its own time: the second that begins then is opened by it.</summary>
    public Window Of(in Exchange exchange)
    {
        long number = exchange.EndNs / Window.LengthNs;
        if (number < OldestOpen)
        {
            Late++;
            number = OldestOpen;
        }

        if (number == _newest + 1)
        {
            At(number).Begin(number);
            _newest = number;
        }

        Window window = At(Math.Min(number, _newest));
        window.LagNs += Math.Max(0, _nowNs - exchange.EndNs);
        return window;
    }

    /// <summary>As <see cref="Of"/>, without opening a window or counting what comes late: for what lies inside an exchange that is counted.</summary>
    public long NumberOf(in Exchange exchange) => Math.Clamp(exchange.EndNs / Window.LengthNs, OldestOpen, _newest);

    public Window At(long number) => _windows[(int)(number % Capacity)];

    public void Clear() => _first = -1;
}
