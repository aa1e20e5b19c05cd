using System.Text;
using Latmon.Pipeline.Tests.Protocols;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>
/// Turns whose heads are messages of HTTP, PostgreSQL and TLS, cut, mutated, mixed or noise, on the wire or as a TLS library told
/// them, with lengths that need not fit.
/// </summary>
internal sealed class HostileHeads(Random random)
{
    private static readonly byte[][] Requests =
    [
        .. new[]
        {
            "GET /a?token=secret HTTP/1.1\r\nHost: x\r\n\r\n", "POST /b HTTP/1.1\r\nContent-Length: 70000\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "CONNECT x:1 HTTP/1.1\r\n\r\n", "GET /d HTTP/1.1\r\nUpgrade: w\r\n\r\n",
            "GET /e HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "\x16\x03\x01\x02\x00", "\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x45", "\x17\x03\x03\xff\xff",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    private static readonly byte[][] Responses =
    [
        .. new[]
        {
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n", "\x17\x03\x03\x00\x40", "\x15\x03\x03\x00\x02",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    private readonly PostgresHostile _postgres = new(random);

    public TurnBuilder Next(ulong conn, uint number)
    {
        TurnBuilder turn = new(conn, number);
        turn = conn % 3 == 0 ? turn.OfClient().AtClient(number) : turn.At(number);
        _ = turn.Request(Head(Requests, fromClient: true), random.Next(4) == 0 ? random.Next(100_000) : 0);
        _ = turn.Response(Head(Responses, fromClient: false), random.Next(4) == 0 ? random.Next(100_000) : 0);
        ref TurnRecord record = ref turn.Whole().Record;
        if (random.Next(2) == 0)
        {
            record.Flags |= TurnNotes.Plain;
            record.PlainIn = random.Next(8) == 0 ? random.NextInt64() : record.InBytes;
            record.PlainLate = random.Next(8) == 0 ? random.NextInt64() : random.Next(2000);
            record.PlainOut = random.Next(8) == 0 ? -random.NextInt64() : record.OutBytes;
        }

        record.Flags |= (TurnNotes)(random.Next(256) & random.Next(256)) & ~TurnNotes.Plain;
        record.Tail = (ushort)random.Next(64);
        random.NextBytes(((Span<byte>)record.TailBytes)[..random.Next(Bytes32.Length)]);
        return turn;
    }

    private byte[] Head(byte[][] samples, bool fromClient)
    {
        byte[] head = random.Next(3) > 0 ? [.. samples[random.Next(samples.Length)]] : [.. _postgres.Mutated(fromClient)];
        head = head[..Math.Min(head.Length, TurnRecord.HeadBytes)];
        for (int i = random.Next(8) - 4; i > 0 && head.Length > 0; i--)
        {
            head[random.Next(head.Length)] = (byte)random.Next(256);
        }

        return random.Next(5) == 0 ? head[..random.Next(head.Length + 1)] : head;
    }
}
