using Latmon.Pipeline.Windows;

namespace Latmon.Tui.State;

/// <summary>
/// Snapshots of the last minutes, to step back through: one a second for two minutes, before that one every five seconds,
/// <see cref="Capacity"/> in all. Most of what a snapshot holds it shares with its neighbours.
/// </summary>
internal sealed class SnapshotHistory
{
    public const int Capacity = 180;

    private const long NearNs = 120_000_000_000;
    private const long NearStepNs = 900_000_000;
    private const long FarStepNs = 4_900_000_000;

    private readonly List<Snapshot> _kept = [];

    public int Count => _kept.Count;

    public void Add(Snapshot snapshot)
    {
        if (_kept.Count > 0 && snapshot.TakenUnixNs - _kept[^1].TakenUnixNs < NearStepNs)
        {
            return;
        }

        _kept.Add(snapshot);
        ThinOut(snapshot.TakenUnixNs);
        if (_kept.Count > Capacity)
        {
            _kept.RemoveAt(0);
        }
    }

    /// <summary>The kept one that many steps before (negative) or after; the last one in that direction when there are fewer.</summary>
    public Snapshot? Step(Snapshot from, int steps)
    {
        int at = steps < 0
            ? _kept.FindLastIndex(kept => kept.TakenUnixNs < from.TakenUnixNs)
            : _kept.FindIndex(kept => kept.TakenUnixNs > from.TakenUnixNs);
        return at < 0 ? null : _kept[Math.Clamp(at + steps - Math.Sign(steps), 0, _kept.Count - 1)];
    }

    /// <summary>Only one at a time becomes too old for its step, so the newest such one decides.</summary>
    private void ThinOut(long nowUnixNs)
    {
        int old = _kept.FindLastIndex(kept => nowUnixNs - kept.TakenUnixNs > NearNs);
        if (old > 0 && _kept[old].TakenUnixNs - _kept[old - 1].TakenUnixNs < FarStepNs)
        {
            _kept.RemoveAt(old);
        }
    }
}
