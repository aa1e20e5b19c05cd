using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>What holds for the layers of every exchange, whatever the kernel hands over (design, section 6, 1).</summary>
public sealed class LayerInvariantTests
{
    private const int Seed = 20261;
    private const int Turns = 200_000;

    [Theory]
    [InlineData(Role.Server)]
    [InlineData(Role.Client)]
    public void Layers_sum_to_the_whole_in_order_whatever_the_stamps_say(Role role)
    {
        RandomTurns turns = new(Seeds.Random(Seed));
        Correlator correlator = new();
        FramedRecords records = new();
        long checkedCount = 0;
        for (uint number = 1; number <= Turns; number++)
        {
            TurnBuilder turn = turns.Next(number, role);
            records.Clear();
            ExchangeBatch batch = correlator.Correlate(records.Add(turn).Batch(TurnBuilder.BaseNs + number));
            foreach (ref readonly Exchange exchange in batch.Items)
            {
                if (exchange.Turn == number)
                {
                    Assert.Equal(role, exchange.Role);
                    Check(exchange, turn.Record);
                    checkedCount++;
                }
            }
        }

        // A turn without a write is finished by its successor or its close, and then is not this turn's any more.
        Assert.InRange(checkedCount, Turns * 8 / 10, Turns);
    }

    private static void Check(in Exchange exchange, in TurnRecord turn)
    {
        long sum = 0;
        foreach (Layer layer in Layers.Of(exchange.Role))
        {
            long ns = exchange.Layers.Ns[(int)layer];
            Assert.InRange(ns, 0, exchange.DurationNs);
            Assert.False(ns > 0 && exchange.Layers.Evidence(layer) == Evidence.Unavailable, $"{layer} is unavailable and has {ns} ns");
            sum += ns;
        }

        Assert.Equal(exchange.DurationNs, sum);
        Assert.True(exchange.DeliveredNs >= Exchange.NotSeen);
        CheckExtent(exchange, turn);
        CheckCpu(exchange);
        CheckTrace(TraceBuilder.Build(exchange, "/a"u8, 0));
    }

    /// <summary>An exchange lies between stamps that were seen: nothing begins at the boot of the machine.</summary>
    private static void CheckExtent(in Exchange exchange, in TurnRecord turn)
    {
        long[] seen =
        [
            .. new[]
            {
                turn.NicNs, turn.TcpNs, turn.ReadyNs, turn.ReadyLastNs, turn.AcceptNs, turn.ReadLastNs, turn.WriteNs, turn.WriteLastNs,
                turn.TxLastNs,
            }.Where(ns => ns > 0),
        ];
        if (seen.Length > 0)
        {
            Assert.InRange(exchange.StartNs, seen.Min(), seen.Max());
            Assert.InRange(exchange.EndNs, seen.Min(), seen.Max());
        }
    }

    private static void CheckCpu(in Exchange exchange)
    {
        if (exchange.OnCpuNs == Exchange.NotSeen)
        {
            Assert.Equal((Exchange.NotSeen, Exchange.NotSeen), (exchange.RunnableNs, exchange.BlockedNs));
            return;
        }

        Assert.True(exchange.OnCpuNs >= 0 && exchange.RunnableNs >= 0 && exchange.BlockedNs >= 0);
    }

    private static void CheckTrace(Trace trace)
    {
        long cursor = 0;
        foreach (LayerTime layer in trace.Layers.OrderBy(layer => layer.OffsetNs).ThenBy(layer => layer.DurationNs ?? 0))
        {
            Assert.Equal(cursor, layer.OffsetNs);
            Assert.Equal(layer.Evidence == Evidence.Unavailable, layer.DurationNs is null);
            cursor += layer.DurationNs ?? 0;
        }

        Assert.Equal(trace.DurationNs, cursor);
        Assert.Equal(trace.Layers.Length, trace.Layers.Select(layer => layer.Layer).Distinct().Count());
    }
}
