using System.Runtime.InteropServices;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Wire;

/// <summary>
/// What nobody should send: runs of records that are real, mutated, cut or noise, on few connections so that they meet each
/// other's state.
/// </summary>
internal sealed class HostileBytes(Random random)
{
    private const int Connections = 24;

    private static readonly string[] Heads =
    [
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /1 HTTP/1.1\r\n\r\nHEAD /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n",
        "POST /u HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\n", "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "GET http://h?x=/y HTTP/1.1\r\n\r\n", "CONNECT h:1 HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n", "\x16\x03\x01\x02", "PING\r\n", "",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\n\r\nHTTP/1.1 204 x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 101 Up\r\n\r\n", "HTTP/1.1 999 ?\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.0 200\n\n", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", "GET /\xff\xfe\0\x1b[2J HTTP/1.1\r\n\r\n",
    ];

    public void Fill(FramedRecords records)
    {
        records.Clear();
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            byte[] record = random.Next(10) switch { < 6 => Turn(), 6 => Span(), _ => Fragment() };
            Mutate(record);
            _ = records.Add(record);
        }

        Span<byte> framed = records.Editable;
        switch (random.Next(20))
        {
            case 0:
                random.NextBytes(framed[random.Next(framed.Length)..]);
                break;
            case 1:
                MemoryMarshal.Write(framed, (uint)random.Next(int.MinValue, int.MaxValue));
                break;
            case 2:
                _ = records.AddRaw(new byte[random.Next(1, 8)]);
                break;
        }
    }

    public byte[] Head()
    {
        byte[] head = System.Text.Encoding.Latin1.GetBytes(Heads[random.Next(Heads.Length)]);
        Mutate(head);
        return random.Next(4) == 0 ? head[..random.Next(head.Length + 1)] : head;
    }

    private byte[] Turn()
    {
        TurnBuilder turn = new TurnBuilder((ulong)random.Next(Connections), (uint)random.Next(1, 5))
            .Request(Head(), random.Next(3) * 100).Response(Head(), random.Next(3) * 100)
            .At(random.Next(1000)).Flags((TurnNotes)random.Next(64)).Whole();
        turn.Record.Fragments = (uint)random.Next(4);
        turn.Record.Tail = (ushort)random.Next(12);
        return turn.ToBytes();
    }

    private byte[] Span() => new SpanBuilder((ushort)random.Next(4), TurnBuilder.BaseNs, TurnBuilder.BaseNs + random.Next(1_000_000))
    {
        Text = Head(),
    }.ToBytes();

    private byte[] Fragment()
    {
        int kind = random.Next(2, 14);
        FragmentBuilder fragment = new((RecordKind)(kind < 9 ? kind : kind + 1), (ulong)random.Next(Connections), (uint)random.Next(8));
        fragment.Record.TimeNs = TurnBuilder.BaseNs + random.Next(1_000_000);
        fragment.Record.Seq = (uint)((random.Next(2) == 0 ? 1000 : 5000) + random.Next(-100, 400));
        fragment.Data = Head();
        fragment.Record.Len = (uint)(fragment.Data.Length + random.Next(50));
        return fragment.ToBytes();
    }

    private void Mutate(byte[] bytes)
    {
        for (int i = random.Next(8) - 5; i > 0 && bytes.Length > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }
    }
}
