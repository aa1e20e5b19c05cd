using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>
/// Plays a scenario file: records in, exchanges out as text. Times are microseconds.
/// </summary>
/// <remarks>
/// <code>
///  turn N [client] [conn C] [flags]  lines under it: in, out ("text" more BYTES), tail, times, segments, sent, cpu
///  segment N at T from POS "…"   fragment N; positions count from the first byte of the connection's newest turn
///  ready|read|tx|ack N at T to POS     write N at T from POS "…" more BYTES     close
///  seq IN OUT                    sequence numbers of the next turn (it goes on from the last one otherwise)
///  batch T                       what stands above was drained at T; "after T" in what comes out
///  end                           the source has ended
///  =&gt;                            what must come out
/// </code>
/// </remarks>
internal sealed class Scenario
{
    private const ulong FirstConnection = 1;

    private readonly Correlator _correlator = new();
    private readonly FramedRecords _records = new();
    private readonly Dictionary<ulong, TurnRecord> _newest = [];
    private readonly StringBuilder _out = new();
    private TurnBuilder? _turn;
    private ulong _conn = FirstConnection;
    private (uint In, uint Out)? _seq;
    private long _takenNs = TurnBuilder.BaseNs;

    public static string Play(IEnumerable<string> lines)
    {
        Scenario scenario = new();
        foreach (string line in lines)
        {
            ScenarioWords words = new(line);
            if (words.More)
            {
                scenario.Line(words);
            }
        }

        return scenario.Finish();
    }

    private void Line(ScenarioWords words)
    {
        string key = words.Word();
        if (_turn is not null && key is not ("turn" or "seq" or "batch" or "end" or "close" or "segment" or "ready" or "read"
            or "write" or "tx" or "ack"))
        {
            ScenarioTurn.Read(key, words, _turn);
            return;
        }

        AddTurn();
        switch (key)
        {
            case "turn":
                BeginTurn(words);
                break;
            case "seq":
                _seq = (words.Number32(), words.Number32());
                break;
            case "batch":
                long us = words.Number();
                _ = _out.Append("after ").Append(us).Append('\n');
                Drain(TurnBuilder.BaseNs + (us * 1000));
                break;
            case "end":
                Drain(_takenNs);
                _ = _out.Append("after the end\n");
                ExchangeText.Append(_out, _correlator.Flush());
                break;
            default:
                AddFragment(Enum.Parse<RecordKind>(key, ignoreCase: true), words);
                break;
        }
    }

    private void BeginTurn(ScenarioWords words)
    {
        uint number = words.Number32();
        TurnNotes flags = TurnNotes.None;
        bool client = false;
        _conn = FirstConnection;
        while (words.More)
        {
            string word = words.Word();
            if (word == "conn")
            {
                _conn = (ulong)words.Number();
            }
            else if (word == "client")
            {
                client = true;
            }
            else
            {
                flags |= ScenarioTurn.Flag(word);
            }
        }

        _turn = new TurnBuilder(_conn, number).Flags(flags);
        _turn = client ? _turn.OfClient() : _turn;
        if (_newest.TryGetValue(_conn, out TurnRecord last))
        {
            bool again = last.Number == number;
            _turn.Record.InSeq = last.InSeq + (again ? 0 : (uint)last.InBytes);
            _turn.Record.OutSeq = last.OutSeq + (again ? 0 : (uint)last.OutBytes);
        }

        (_turn.Record.InSeq, _turn.Record.OutSeq) = _seq ?? (_turn.Record.InSeq, _turn.Record.OutSeq);
        _seq = null;
    }

    private void AddTurn()
    {
        if (_turn is null)
        {
            return;
        }

        ScenarioTurn.Complete(ref _turn.Record);
        _newest[_conn] = _turn.Record;
        foreach (long ns in (ReadOnlySpan<long>)[_turn.Record.ReadyLastNs, _turn.Record.ReadLastNs, _turn.Record.TxLastNs, _turn.Record.AckNs])
        {
            _takenNs = Math.Max(_takenNs, ns);
        }

        _ = _records.Add(_turn);
        _turn = null;
    }

    private void AddFragment(RecordKind kind, ScenarioWords words)
    {
        FragmentBuilder fragment = new(kind, _conn, words.More ? words.Number32() : 0);
        bool outbound = kind is RecordKind.Write or RecordKind.Tx or RecordKind.Ack;
        TurnRecord newest = _newest.GetValueOrDefault(_conn, new TurnBuilder(_conn).Record);
        uint start = outbound ? newest.OutSeq : newest.InSeq;
        ref FragmentRecord record = ref fragment.Record;
        while (words.More)
        {
            switch (words.Word())
            {
                case "conn": record.Conn = (ulong)words.Number(); break;
                case "at": record.TimeNs = TurnBuilder.BaseNs + (words.Number() * 1000); break;
                case "nic": record.NicNs = TurnBuilder.BaseNs + (words.Number() * 1000); break;
                case "tid": record.Tid = (int)words.Number(); break;
                case "to": record.Seq = start + words.Number32(); break;
                case "more": record.Len += words.Number32(); break;
                case "from":
                    record.Seq = start + words.Number32();
                    fragment.Data = words.Bytes();
                    record.Len += (uint)fragment.Data.Length;
                    break;
                case var other: throw new FormatException($"no word {other}");
            }
        }

        _takenNs = Math.Max(_takenNs, record.TimeNs);
        _ = _records.Add(fragment);
    }

    private void Drain(long takenNs)
    {
        _takenNs = takenNs;
        ExchangeText.Append(_out, _correlator.Correlate(_records.Batch(takenNs)));
        _records.Clear();
    }

    private string Finish()
    {
        AddTurn();
        if (_records.Count > 0)
        {
            Drain(_takenNs);
        }

        CorrelationCounters counters = _correlator.Correlate(_records.Batch(_takenNs)).Counters;
        return _out.Append("connections ").Append(counters.OpenConnections).Append('\n').ToString();
    }
}
