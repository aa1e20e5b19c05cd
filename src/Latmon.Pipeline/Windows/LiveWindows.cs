using System.Reactive.Linq;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// Finished exchanges become windows, and twice a second a snapshot of them. One thread adds; the filter may be replaced from
/// another, which empties the windows, because they were counted under the old one.
/// </summary>
public sealed class LiveWindows
{
    public const long SnapshotEveryNs = 500_000_000;
    private const int MaxServices = 128;
    private const int MaxRoutes = 256;
    private const int MaxStatements = 256;
    private const int KeptLatest = 64;
    private const int LongestKey = PathBuffer.Capacity + 32;

    private readonly KeptBudget _budget = new();
    private readonly TraceNames _names;
    private readonly WindowRing _ring;
    private readonly GroupTable _services = new(MaxServices);
    private readonly GroupTable _routes = new(MaxRoutes);
    private readonly GroupTable _statements = new(MaxStatements);
    private readonly SecondRecorder _seconds;
    private readonly KeptTrace[] _latest;
    private EntryFilter _filter;
    private EntryFilter _appliedFilter;
    private long _latestCount;
    private long _nextSnapshotNs;
    private long _requests;

    public LiveWindows(TraceFilter filter, TraceNames? names = null)
    {
        _names = names ?? TraceNames.None;
        _ring = new WindowRing(_budget);
        _seconds = new SecondRecorder(_budget, _names);
        _latest = [.. Enumerable.Range(0, KeptLatest).Select(_ => new KeptTrace(_budget))];
        _filter = _appliedFilter = new EntryFilter(filter);
    }

    /// <summary>Since the start, at the ports and processes that the filter names, whatever else it asks of them. Any thread.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Replaces the terms that are decided here; the next batch is counted by it.</summary>
    public void Apply(TraceFilter filter) => Volatile.Write(ref _filter, new EntryFilter(filter));

    /// <summary>Adds a batch; returns a snapshot when one is due, else null.</summary>
    public Snapshot? Add(ExchangeBatch batch)
    {
        EntryFilter filter = Volatile.Read(ref _filter);
        if (filter != _appliedFilter)
        {
            _appliedFilter = filter;
            Clear();
        }

        _ring.Advance(batch.TakenNs);
        for (int at = 0; at < batch.Count;)
        {
            at = AddNext(batch, at, filter);
        }

        if (batch.TakenNs < _nextSnapshotNs)
        {
            return null;
        }

        _nextSnapshotNs = batch.TakenNs + SnapshotEveryNs;
        return Snapshot(batch);
    }

    /// <returns>The index behind what was looked at.</returns>
    private int AddNext(ExchangeBatch batch, int at, EntryFilter filter)
    {
        ref readonly Exchange exchange = ref batch.Items[at];
        if (!filter.IsEntry(exchange))
        {
            if (!filter.HasPlaceTerms)
            {
                AddStatement(exchange, batch.Path(exchange));
            }

            return at + 1;
        }

        _requests++;
        if (filter.Matches(exchange, batch.Path(exchange)))
        {
            Add(batch.Trace(at), isWhole: !filter.HasPlaceTerms);
        }

        return at + exchange.Descendants + 1;
    }

    /// <param name="isWhole">The end that called a database was seen where it exists, so that a statement is counted there.</param>
    private void Add(in TraceRun run, bool isWhole)
    {
        ref readonly Exchange exchange = ref run.Items[0];
        ReadOnlySpan<byte> path = run.Path(exchange);
        for (int i = run.Items.Length > 1 || exchange.Protocol == ProtocolName.PostgreSql ? 0 : 1; i < run.Items.Length; i++)
        {
            ref readonly Exchange item = ref run.Items[i];
            if (item.ParentMethod != ParentMethod.Connection || (i == 0 && !isWhole))
            {
                AddStatement(item, run.Path(item));
            }
        }

        Window window = _ring.Of(exchange);
        window.Add(run);
        AddSpans(run, window.Number);
        Span<byte> key = stackalloc byte[LongestKey];
        _services.Add(key[..GroupKey.Service(exchange, key)], window.Number, exchange);
        ReadOnlySpan<byte> route = key[..GroupKey.Route(exchange, path, key)];
        _routes.Add(route, window.Number, exchange);
        _seconds.Add(window.Number, route, run);
        _latest[(int)(_latestCount++ % KeptLatest)].Set(run);
    }

    private void AddStatement(in Exchange exchange, ReadOnlySpan<byte> text)
    {
        if (exchange.Protocol == ProtocolName.PostgreSql && text.Length > 0)
        {
            _statements.Add(text, _ring.NumberOf(exchange), exchange);
        }
    }

    /// <summary>A library's spans and the exchanges on the wire tell of the same calls: they count where there are no exchanges.</summary>
    private void AddSpans(in TraceRun run, long window)
    {
        if (run.Spans.IsEmpty || HasDatabase(run.Items))
        {
            return;
        }

        foreach (ref readonly Exchange item in run.Items)
        {
            foreach (ref readonly SpanEvent span in run.Spans.Slice(item.SpanStart, item.SpanCount))
            {
                if (span.TextLength > 0)
                {
                    _statements.Add(run.Text.Slice(span.TextStart, span.TextLength), window, span);
                }
            }
        }
    }

    private static bool HasDatabase(ReadOnlySpan<Exchange> items)
    {
        foreach (ref readonly Exchange item in items)
        {
            if (item.Protocol == ProtocolName.PostgreSql)
            {
                return true;
            }
        }

        return false;
    }

    private Snapshot Snapshot(ExchangeBatch batch) => new SnapshotBuilder(_ring, batch, _names).Build(
        _services, _routes, _statements, _latest.AsSpan(0, (int)Math.Min(_latestCount, KeptLatest)), (int)(_latestCount % KeptLatest)) with
    {
        Seconds = _seconds.Close(_ring.First, _ring.OldestOpen, batch.RealMinusMonotonicNs),
    };

    private void Clear()
    {
        _ring.Clear();
        _services.Clear();
        _routes.Clear();
        _statements.Clear();
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
