using System.Reactive.Linq;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// Finished exchanges become windows, and twice a second a snapshot of them. One thread adds; the filter may be replaced from
/// another, which empties the windows, because they were counted under the old one.
/// </summary>
public sealed class LiveWindows(TraceFilter filter)
{
    public const long SnapshotEveryNs = 500_000_000;
    private const int MaxServices = 128;
    private const int MaxRoutes = 256;
    private const int KeptLatest = 64;
    private const int LongestKey = PathBuffer.Capacity + 32;

    private readonly WindowRing _ring = new();
    private readonly GroupTable _services = new(MaxServices);
    private readonly GroupTable _routes = new(MaxRoutes);
    private readonly SecondRecorder _seconds = new();
    private readonly KeptExchange[] _latest = [.. Enumerable.Range(0, KeptLatest).Select(_ => new KeptExchange())];
    private TraceFilter _filter = filter;
    private TraceFilter _appliedFilter = filter;
    private long _latestCount;
    private long _nextSnapshotNs;

    /// <summary>Replaces the terms that are decided here; the next batch is counted by it.</summary>
    public void Apply(TraceFilter filter) => Volatile.Write(ref _filter, filter);

    /// <summary>Adds a batch; returns a snapshot when one is due, else null.</summary>
    public Snapshot? Add(ExchangeBatch batch)
    {
        TraceFilter filter = Volatile.Read(ref _filter);
        if (filter != _appliedFilter)
        {
            _appliedFilter = filter;
            Clear();
        }

        _ring.Advance(batch.TakenNs);
        bool decide = filter.HasUserTerms;
        foreach (ref readonly Exchange exchange in batch.Items)
        {
            ReadOnlySpan<byte> path = batch.Path(exchange);
            if (!decide || filter.Matches(path, exchange.Status, exchange.DurationNs, exchange.Protocol.Text()))
            {
                Add(exchange, path);
            }
        }

        if (batch.TakenNs < _nextSnapshotNs)
        {
            return null;
        }

        _nextSnapshotNs = batch.TakenNs + SnapshotEveryNs;
        return Snapshot(batch);
    }

    private void Add(in Exchange exchange, ReadOnlySpan<byte> path)
    {
        Window window = _ring.Of(exchange);
        window.Add(exchange, path);
        Span<byte> key = stackalloc byte[LongestKey];
        _services.Add(key[..GroupKey.Service(exchange, key)], window.Number, exchange);
        ReadOnlySpan<byte> route = key[..GroupKey.Route(exchange, path, key)];
        _routes.Add(route, window.Number, exchange);
        _seconds.Add(window.Number, route, exchange, path);
        _latest[(int)(_latestCount++ % KeptLatest)].Set(exchange, path);
    }

    private Snapshot Snapshot(ExchangeBatch batch) => new SnapshotBuilder(_ring, batch).Build(
        _services, _routes, _latest.AsSpan(0, (int)Math.Min(_latestCount, KeptLatest)), (int)(_latestCount % KeptLatest)) with
    {
        Seconds = _seconds.Close(_ring.First, _ring.OldestOpen, batch.RealMinusMonotonicNs),
    };

    private void Clear()
    {
        _ring.Clear();
        _services.Clear();
        _routes.Clear();
        _seconds.Clear();
        _latestCount = 0;
    }
}

public static class LiveWindowsExtensions
{
    /// <summary>Snapshots, on the caller's thread.</summary>
    public static IObservable<Snapshot> Snapshots(this IObservable<ExchangeBatch> exchanges, LiveWindows windows) =>
        exchanges.Select(windows.Add).Where(static snapshot => snapshot is not null)!;
}
