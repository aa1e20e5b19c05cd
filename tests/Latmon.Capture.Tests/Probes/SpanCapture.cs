using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Latmon.Capture.Probes;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Testing;

namespace Latmon.Capture.Tests.Probes;

/// <summary>The spans of a live capture, as they come.</summary>
internal sealed class SpanCapture : IDisposable
{
    private readonly KernelSource _source;
    private readonly IDisposable _subscription;
    private ImmutableList<Told> _spans = [];

    public SpanCapture(TraceFilter filter, params string[] probes)
        : this(filter, ProbeCatalog.Read([]), probes)
    {
    }

    public SpanCapture(TraceFilter filter, ProbeCatalog catalog, params string[] probes)
    {
        _source = KernelSource.Open(filter, catalog, new ProbeChoice([.. probes]));
        _subscription = _source.Records.Correlate(_source.SpanNames).Subscribe(Take);
        _source.Start(_ => { });
    }

    public IReadOnlyList<Told> Spans => _spans;

    public long Lost { get; private set; }

    public static TraceFilter Processes(params IEnumerable<int> pids) =>
        new() { Processes = [.. pids.Select(pid => pid.ToString(CultureInfo.InvariantCulture))] };

    public void Apply(TraceFilter filter) => _source.Apply(filter);

    public IReadOnlyList<Told> Of(string name) => [.. _spans.Where(span => span.Name == name)];

    public IReadOnlyList<Told> WaitFor(string name, int count)
    {
        Assert.True(Eventually.Is(() => Of(name).Count >= count), $"{name}: {Of(name).Count} of {count}; all: {string.Join('\n', _spans)}");
        return Of(name);
    }

    public void Dispose()
    {
        _source.Dispose();
        _subscription.Dispose();
    }

    private void Take(ExchangeBatch batch)
    {
        foreach (SpanEvent span in batch.Spans)
        {
            SpanName name = _source.SpanNames.Of(span.Probe);
            string text = Encoding.UTF8.GetString(batch.Text.Slice(span.TextStart, span.TextLength));
            _spans = _spans.Add(new Told(name.Name, name.Source, span.Pid, span.Tid, span.StartNs, span.DurationNs, text));
        }

        Lost = batch.Counters.LostParts;
    }

    internal sealed record Told(string Name, string Source, int Pid, int Tid, long StartNs, long DurationNs, string Text);
}
