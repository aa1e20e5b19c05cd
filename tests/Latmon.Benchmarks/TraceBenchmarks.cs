using BenchmarkDotNet.Attributes;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;

namespace Latmon.Benchmarks;

/// <summary>What one line of <c>latmon trace</c> costs, straight from the exchange and by way of a trace.</summary>
[MemoryDiagnoser]
public class TraceBenchmarks : IDisposable
{
    private const long RealMinusMonotonicNs = 1_763_000_000_000_000_000;

    private readonly ExchangeBatch _batch = new Correlator().Correlate(new RecordedTurns().Next());
    private readonly TraceJson _traceJson = new();
    private readonly ExchangeJson _exchangeJson = new();
    private int _next;

    [Benchmark]
    public Trace Build() => Build(Next());

    [Benchmark]
    public int BuildAndJson() => _traceJson.Line(Build(Next())).Length;

    [Benchmark]
    public int JsonOfExchange()
    {
        ref readonly Exchange exchange = ref _batch.Items[Next()];
        return _exchangeJson.Line(exchange, _batch.Path(exchange), RealMinusMonotonicNs).Length;
    }

    public void Dispose()
    {
        _traceJson.Dispose();
        _exchangeJson.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Next() => _next = (_next + 1) % _batch.Count;

    private Trace Build(int index)
    {
        ref readonly Exchange exchange = ref _batch.Items[index];
        return TraceBuilder.Build(exchange, _batch.Path(exchange), RealMinusMonotonicNs);
    }
}
