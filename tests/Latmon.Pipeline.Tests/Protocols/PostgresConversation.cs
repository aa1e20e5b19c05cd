using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Protocols;

/// <summary>Turns of one connection through the correlator; what comes out, as name, text and facts.</summary>
internal sealed class PostgresConversation
{
    private readonly Correlator _correlator = new();
    private readonly FramedRecords _records = new();
    private uint _turn;

    /// <summary>Exchanges since the last call, finished by this turn.</summary>
    public IReadOnlyList<Trace> Turn(byte[] request, byte[] response, TurnNotes flags = TurnNotes.None)
    {
        _turn++;
        return Send(request, response, flags);
    }

    /// <summary>The same turn once more, with more of its answer.</summary>
    public IReadOnlyList<Trace> Again(byte[] request, byte[] response) => Send(request, response, TurnNotes.Updated);

    public IReadOnlyList<Trace> Skip()
    {
        _turn++;
        return [];
    }

    /// <summary>Nothing comes for a long time.</summary>
    public IReadOnlyList<Trace> Wait()
    {
        _records.Clear();
        return Traces(_correlator.Correlate(_records.Batch(Now() + (5 * Correlator.QuietNs))));
    }

    public IReadOnlyList<Trace> End() => Traces(_correlator.Flush());

    /// <summary>Name | text | attributes | notes, for one line of a table.</summary>
    public static string Summary(Trace trace) => string.Join(" | ", (string[])
    [
        trace.Name, (string?)trace.Attribute("db.query.text") ?? "",
        string.Join(' ', trace.Attributes.Where(a => a.Key is not ("db.query.text" or "db.system.name" or "db.operation.name"))
            .Select(a => $"{a.Key.Split('.')[^1]}={a.Value}")),
        string.Join(", ", trace.Notes),
    ]).Replace(" |  |  | ", "", StringComparison.Ordinal).TrimEnd(' ', '|');

    private static List<Trace> Traces(ExchangeBatch batch)
    {
        List<Trace> traces = [];
        foreach (ref readonly Exchange exchange in batch.Items)
        {
            traces.Add(TraceBuilder.Build(exchange, batch.Path(exchange), 0));
        }

        return traces;
    }

    private long Now() => TurnBuilder.BaseNs + (_turn * 10_000_000L);

    private List<Trace> Send(byte[] request, byte[] response, TurnNotes flags)
    {
        byte[] head = request[..Math.Min(request.Length, TurnRecord.HeadBytes)];
        byte[] answer = response[..Math.Min(response.Length, TurnRecord.HeadBytes)];
        TurnBuilder turn = new TurnBuilder(1, _turn).Request(head, request.Length - head.Length)
            .Response(answer, response.Length - answer.Length).At(_turn * 10_000).Flags(flags);
        Span<byte> tail = turn.Record.TailBytes;
        int kept = Math.Min(tail.Length, response.Length);
        response.AsSpan(response.Length - kept).CopyTo(tail);
        turn.Record.Tail = (ushort)kept;
        if (response.Length == 0)
        {
            turn.Record.WriteNs = turn.Record.WriteLastNs = turn.Record.TxNs = turn.Record.TxLastNs = turn.Record.AckNs = 0;
        }

        _records.Clear();
        return Traces(_correlator.Correlate(_records.Add(turn.Whole()).Batch(Now())));
    }
}
