using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Latmon.Pipeline.Windows;

namespace Latmon.Tui;

/// <summary>Snapshots at the pace of the screen: the latest one per interval, however many arrive.</summary>
internal sealed class SnapshotFeed(IObservable<Snapshot> snapshots, TimeSpan interval, IScheduler pace) : IDisposable
{
    private readonly BehaviorSubject<TimeSpan> _interval = new(interval);

    /// <summary>The very first snapshot is shown at once. One hand-over to the UI per frame, after the conflation.</summary>
    public IObservable<Snapshot> On(IScheduler ui) => snapshots
        .Publish(shared => shared.Take(1).Merge(_interval.Select(every => shared.Sample(every, pace)).Switch()))
        .ObserveOn(ui);

    public void Change(TimeSpan every) => _interval.OnNext(every);

    public void Dispose() => _interval.Dispose();
}
