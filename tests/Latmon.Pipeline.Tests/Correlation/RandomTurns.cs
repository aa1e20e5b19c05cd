using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>
/// Turn records with any set of stamps, in any order: missing, equal, contradictory, now and then absurd. Other fields are
/// random too; the heads are those of a request that is finished by its turn, so that each turn is one exchange.
/// </summary>
internal sealed class RandomTurns(Random random)
{
    private const string Get = "GET /a HTTP/1.1\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    public TurnBuilder Next(uint number) => Next(number, random.Next(2) == 0 ? Role.Server : Role.Client);

    public TurnBuilder Next(uint number, Role role)
    {
        TurnBuilder turn = new(1, number);
        turn = (role == Role.Client ? turn.OfClient() : turn).Request(Get).Response(Ok).Whole();
        ref TurnRecord record = ref turn.Record;
        long ns = TurnBuilder.BaseNs;
        record.NicNs = Stamp(ref ns);
        record.TcpNs = Stamp(ref ns);
        record.ReadyNs = Stamp(ref ns);
        record.ReadyLastNs = Stamp(ref ns);
        record.AcceptNs = Stamp(ref ns);
        record.ReadNs = Stamp(ref ns);
        record.ReadLastNs = Stamp(ref ns);
        record.WriteNs = Stamp(ref ns);
        record.WriteLastNs = Stamp(ref ns);
        record.TxNs = Stamp(ref ns);
        record.TxLastNs = Stamp(ref ns);
        record.AckNs = Stamp(ref ns);
        record.OnCpuNs = random.NextInt64(-10, 2_000_000);
        record.RunnableNs = random.NextInt64(-10, 2_000_000);
        record.Segments = (uint)random.Next(0, 4);
        record.TxSeq += random.Next(4) == 0 ? (uint)random.Next(-3, 3) : 0;
        record.Flags = (TurnNotes)random.Next(0, 128) & (TurnNotes.BeforeAccept | TurnNotes.Cpu | TurnNotes.Closed | TurnNotes.Updated | TurnNotes.Overlap);
        return turn;
    }

    private long Stamp(ref long ns)
    {
        ns += random.Next(100) < 70 ? random.NextInt64(0, 1_000_000) : random.NextInt64(-2_000_000, 50_000_000);
        return random.Next(100) switch { < 10 => 0, 99 => random.NextInt64(1, long.MaxValue), _ => ns };
    }
}
