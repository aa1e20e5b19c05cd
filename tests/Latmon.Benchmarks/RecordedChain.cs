using System.Text;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Benchmarks;

/// <summary>
/// What nginx, an application with a thread for each connection and PostgreSQL make the kernel hand over in one drain at 3,200
/// requests a second, one every 312 µs with ten under way at a time: five turns for each, of five ends on 16 connections each.
/// Played again and again, with later times, higher numbers and other ids.
/// </summary>
internal sealed class RecordedChain
{
    public const int Traces = 64;

    private const long DrainNs = 20_000_000;

    private const int Workers = 16;
    private const int Ends = 5;
    private const long EveryNs = DrainNs / Traces;

    private const int Nginx = 100;
    private const int Application = 200;
    private const int Database = 300;

    private static readonly byte[] Query = Message('Q', "SELECT name, price FROM items WHERE id = 48213 AND shop = 'x'\0");

    private static readonly byte[] Rows =
        [.. Message('D', "\0\u0001\0\0\0\u0004shoe"), .. Message('C', "SELECT 1\0"), .. Message('Z', "I")];

    private readonly PlayedRecords _played;
    private readonly bool _hasIds;
    private long _traces;

    /// <param name="hasIds">Whether the proxy adds a <c>traceparent</c>.</param>
    public RecordedChain(bool hasIds)
    {
        _hasIds = hasIds;
        _played = new PlayedRecords(DrainNs, Renumber);
        for (int trace = 0; trace < Traces; trace++)
        {
            AddTrace(trace);
        }
    }

    public RecordBatch Next() => _played.Next();

    private void AddTrace(int trace)
    {
        int worker = trace % Workers;
        uint number = (uint)(trace / Workers) + 1;
        long us = trace * EveryNs / 1000;
        string head = "GET /api/v1/items/48213 HTTP/1.1\r\nHost: shop.example.com\r\n";
        string passed = head + (_hasIds ? $"traceparent: 00-{new string('0', 32)}-00f067aa0ba902b7-01\r\n" : "") + "\r\n";
        byte[] answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nshoe");
        _ = _played.Records
            .Add(End(2, worker, number, us + 900, 300, Query, Rows, Database + worker, Database + worker))
            .Add(End(2, worker, number, us + 800, 500, Query, Rows, Application, Application + worker, isClient: true))
            .Add(End(1, worker, number, us + 400, 1200, Encoding.ASCII.GetBytes(passed), answer, Application, Application + worker))
            .Add(End(1, worker, number, us + 40, 1660, Encoding.ASCII.GetBytes(passed), answer, Nginx, Nginx, isClient: true))
            .Add(End(0, worker, number, us, 1720, Encoding.ASCII.GetBytes(head + "\r\n"), answer, Nginx, Nginx));
    }

    /// <summary>One end's turn on one of the three connections of a worker: to nginx, to the application, to the database.</summary>
    private static TurnBuilder End(
        int hop, int worker, uint number, long us, long takesUs, byte[] request, byte[] answer, int pid, int tid, bool isClient = false)
    {
        TurnBuilder turn = new((ulong)((hop * 2) + (isClient ? 1 : 0)) << 32 | ((uint)worker + 1), number);
        turn.Record.LocalPort = (ushort)(8000 + hop);
        turn.Record.RemotePort = (ushort)(40000 + (hop * 100) + worker);
        turn = isClient
            ? turn.OfClient().Request(request).Response(answer).AtClient(us, takesUs)
            : turn.Request(request).Response(answer).Whole().At(us, takesUs);
        turn.Record.Pid = pid;
        turn.Record.ReadTid = turn.Record.WriteTid = tid;
        uint first = (uint)((hop * Workers) + worker) << 24;
        (uint asked, uint answered) = (first + (number * 1000), first + (number * 3000));
        (turn.Record.InSeq, turn.Record.OutSeq) = isClient ? (answered, asked) : (asked, answered);
        turn.Record.ReadSeq = turn.Record.InSeq + (uint)turn.Record.InBytes;
        turn.Record.TxSeq = turn.Record.OutSeq + (uint)turn.Record.OutBytes;
        return turn;
    }

    private void Renumber(ref TurnRecord turn, Span<byte> record, int index)
    {
        const uint Numbers = Traces / Workers;
        (uint incoming, uint outgoing) = turn.IsClient ? (3000u, 1000u) : (1000u, 3000u);
        turn.Number += Numbers;
        turn.InSeq += Numbers * incoming;
        turn.ReadSeq += Numbers * incoming;
        turn.OutSeq += Numbers * outgoing;
        turn.TxSeq += Numbers * outgoing;
        _traces += index % Ends == 0 ? 1 : 0;
        int at = _hasIds ? record.IndexOf("traceparent: 00-"u8) : -1;
        if (at >= 0)
        {
            _ = _traces.TryFormat(record.Slice(at + 16, 32), out _, "x32");
        }
    }

    private static byte[] Message(char type, string body) =>
        [(byte)type, 0, 0, 0, (byte)(body.Length + 4), .. Encoding.Latin1.GetBytes(body)];
}
