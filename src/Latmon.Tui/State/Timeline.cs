using Latmon.Pipeline.Windows;

namespace Latmon.Tui.State;

/// <summary>Which moment is shown: the present one, or one of the kept minutes while the capture goes on.</summary>
internal sealed class Timeline(TimeProvider clock)
{
    private readonly SnapshotHistory _history = new();
    private Snapshot? _frozen;
    private DateTimeOffset _frozenAt;

    public Snapshot Live { get; private set; } = Snapshot.Empty;

    public Snapshot Shown => _frozen ?? Live;

    public bool IsFrozen => _frozen is not null;

    public TimeSpan FrozenFor => clock.GetUtcNow() - _frozenAt;

    /// <summary>How long before the newest snapshot the shown one was taken.</summary>
    public TimeSpan Behind => TimeSpan.FromTicks((Live.TakenUnixNs - Shown.TakenUnixNs) / 100);

    public double EventsPerSecond { get; private set; }

    public void Accept(Snapshot snapshot)
    {
        double seconds = (snapshot.TakenUnixNs - Live.TakenUnixNs) / 1e9;
        if (Live.TakenUnixNs != 0 && seconds > 0)
        {
            EventsPerSecond = Math.Max(0, snapshot.Counters.Records - Live.Counters.Records) / seconds;
        }

        Live = snapshot;
        _history.Add(snapshot);
    }

    public void Toggle()
    {
        _frozen = IsFrozen ? null : Live;
        _frozenAt = clock.GetUtcNow();
    }

    /// <returns>False when there is nothing kept in that direction.</returns>
    public bool Step(int steps)
    {
        if (_history.Step(Shown, steps) is not { } snapshot)
        {
            return false;
        }

        _frozenAt = IsFrozen ? _frozenAt : clock.GetUtcNow();
        _frozen = snapshot;
        return true;
    }
}
