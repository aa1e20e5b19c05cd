using System.Globalization;
using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Traces;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>
/// Exchanges as scenarios write them: <c>conn/turn.position</c>, what it was, from + duration, then the layers in the order in
/// which they lie, in microseconds; <c>?</c> is unavailable, <c>~</c> inferred.
/// </summary>
internal static class ExchangeText
{
    public static void Append(StringBuilder text, ExchangeBatch batch)
    {
        foreach (ref readonly Exchange exchange in batch.Items)
        {
            Append(text, exchange, batch.Path(exchange));
        }
    }

    private static void Append(StringBuilder text, in Exchange exchange, ReadOnlySpan<byte> path)
    {
        Trace trace = TraceBuilder.Build(exchange, path, 0);
        Assert.Equal(trace.DurationNs, trace.Layers.Sum(layer => layer.DurationNs ?? 0));
        string what = exchange.Protocol == ProtocolName.Http1
            ? $"{exchange.Method.Text()} {Encoding.Latin1.GetString(path)} {exchange.Status}"
            : exchange.Protocol.Text();
        _ = text.Append(CultureInfo.InvariantCulture, $"exchange {exchange.Conn}/{exchange.Turn}.{exchange.Ordinal}  {what}")
            .Append(CultureInfo.InvariantCulture, $"  at {Us(exchange.StartNs - TurnBuilder.BaseNs)} + {Us(exchange.DurationNs)}")
            .Append(CultureInfo.InvariantCulture, $"  delivered {(trace.DeliveredNs is { } ns ? Us(ns) : "?")}")
            .Append(CultureInfo.InvariantCulture, $"  bytes {exchange.RequestBytes}/{exchange.ResponseBytes}\n  ");
        _ = text.AppendJoin(", ", trace.Layers.OrderBy(layer => layer.OffsetNs).Select(Layer)).Append('\n');
        if (trace.Cpu is { } cpu)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"  cpu {Us(cpu.OnCpuNs)}, runnable {Us(cpu.RunnableNs)}, blocked {Us(cpu.BlockedNs)}\n");
        }

        if (trace.Notes.Length > 0)
        {
            _ = text.Append(trace.Complete ? "  notes: " : "  incomplete: ").AppendJoin(", ", trace.Notes).Append('\n');
        }
    }

    private static string Layer(LayerTime layer) => layer.Evidence switch
    {
        Evidence.Unavailable => $"{layer.Layer.Id()} ?",
        Evidence.Inferred => $"{layer.Layer.Id()} ~{Us(layer.DurationNs!.Value)}",
        _ => $"{layer.Layer.Id()} {Us(layer.DurationNs!.Value)}",
    };

    private static string Us(long ns) => (ns / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);
}
