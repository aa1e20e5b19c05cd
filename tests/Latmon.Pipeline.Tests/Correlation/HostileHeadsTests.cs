using Latmon.Pipeline.Correlation;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>No bytes on a followed socket, encrypted or told by a TLS library, stop the correlation or bend the layers.</summary>
public sealed class HostileHeadsTests
{
    private const int Seed = 443;
    private const int Turns = 1_000_000;
    private const int Connections = 40;

    [Fact]
    public void Any_heads_become_exchanges_whose_layers_sum_to_the_whole()
    {
        Random random = Seeds.Random(Seed);
        HostileHeads heads = new(random);
        Correlator correlator = new();
        FramedRecords records = new();
        uint[] numbers = new uint[Connections];
        long exchanges = 0;
        for (int i = 0; i < Turns; i++)
        {
            int conn = random.Next(Connections);
            numbers[conn] += random.Next(50) == 0 ? 2u : random.Next(20) == 0 ? 0u : 1u;
            records.Clear();
            exchanges += Check(correlator.Correlate(records.Add(heads.Next((ulong)conn + 1, numbers[conn])).Batch(TurnBuilder.BaseNs + i)), i);
        }

        Assert.InRange(exchanges, Turns / 2, Turns * 20L);
    }

    private static int Check(ExchangeBatch batch, int number)
    {
        foreach (ref readonly Exchange exchange in batch.Items)
        {
            long sum = 0;
            foreach (Layer layer in Layers.Of(exchange.Role))
            {
                sum += exchange.Layers.Ns[(int)layer];
            }

            if (sum != exchange.DurationNs || batch.Path(exchange).Length > PathBuffer.Capacity)
            {
                Assert.Fail($"turn {number}: {sum} of {exchange.DurationNs} ns");
            }
        }

        return batch.Items.Length;
    }
}
