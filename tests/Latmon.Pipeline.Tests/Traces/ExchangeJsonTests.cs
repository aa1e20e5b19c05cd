using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Tests.Correlation;
using Latmon.Pipeline.Tests.Protocols;
using Latmon.Pipeline.Tests.Wire;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Traces;

/// <summary>The short way to a line writes what the long one writes, byte for byte.</summary>
public sealed class ExchangeJsonTests
{
    private const int Seed = 1234;
    private const int Turns = 50_000;

    [Fact]
    public void Short_and_long_way_write_the_same_line()
    {
        Random random = Seeds.Random(Seed);
        RandomTurns turns = new(random);
        HostileBytes hostile = new(random);
        Correlator correlator = new();
        FramedRecords records = new();
        using TraceJson slow = new();
        using ExchangeJson fast = new();
        for (uint number = 1; number <= Turns; number++)
        {
            TurnBuilder turn = Vary(turns.Next(number), random, hostile);
            records.Clear();
            ExchangeBatch batch = correlator.Correlate(records.Add(turn).Batch(TurnBuilder.BaseNs + number));
            foreach (ref readonly Exchange exchange in batch.Items)
            {
                ReadOnlySpan<byte> path = batch.Path(exchange);
                string expected = Encoding.UTF8.GetString(slow.Line(TraceBuilder.Build(exchange, path, number)).Span);
                Assert.Equal(expected, Encoding.UTF8.GetString(fast.Line(exchange, path, number)));
            }
        }
    }

    /// <summary>On connections of their own, which stay PostgreSQL's; with every character that JSON escapes.</summary>
    private static TurnBuilder Statement(TurnBuilder turn, Random random)
    {
        turn.Record.Conn += 100;
        PostgresHostile hostile = new(random);
        byte[] sql = PostgresBytes.Query($"select \"<>&+`\\{(char)random.Next(256)}\" from t where a < 5 + {random.Next()}");
        return random.Next(2) == 0
            ? turn.Request(sql).Response(PostgresBytes.Join(PostgresBytes.Complete($"SELECT {random.Next(3)}"), PostgresBytes.Ready(random.Next(2) == 0 ? 'I' : 'T')))
            : turn.Request(Head(hostile.OfClient())).Response(Head(hostile.OfServer()));
    }

    private static byte[] Head(ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, TurnRecord.HeadBytes)].ToArray();

    private static TurnBuilder Vary(TurnBuilder turn, Random random, HostileBytes hostile)
    {
        ref TurnRecord record = ref turn.Record;
        record.Conn = (ulong)random.Next(1, 50);
        record.Family = random.Next(3) == 0 ? (byte)10 : TurnRecord.Ipv4;
        random.NextBytes(record.RemoteAddr);
        record.SrttUs = (uint)random.Next(3);
        record.Retransmits = (uint)random.Next(3);
        if (record.Retransmits > 0)
        {
            record.ResentNs = record.TxNs + random.Next(1_000_000);
            record.ResentLastNs = record.ResentNs + random.Next(2);
        }

        if (random.Next(3) == 0)
        {
            record.ShutNs = record.WriteNs + random.Next(1_000_000);
            record.ShutLastNs = record.ShutNs + 1 + random.Next(1_000_000);
            record.ZeroWindowNs = record.ShutLastNs - record.ShutNs;
        }

        if (random.Next(4) == 0)
        {
            ((Span<byte>)record.RemoteAddr)[..10].Clear();
            ((Span<byte>)record.RemoteAddr)[10..12].Fill(0xff);
        }

        if (random.Next(4) == 0)
        {
            random.NextBytes(record.Comm);
        }

        return random.Next(4) switch
        {
            3 => Statement(turn, random).Whole(),
            0 => turn.Request(hostile.Head()).Response(hostile.Head()).Whole(),
            1 => turn.Request($"GET /\"<>&'+`\\é{(char)random.Next(256)}/{random.Next()} HTTP/1.1\r\n\r\n").Whole(),
            _ => turn,
        };
    }
}
