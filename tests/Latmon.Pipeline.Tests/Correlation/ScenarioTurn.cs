using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>The lines under <c>turn</c>, and what they leave unsaid: everything offered was read and sent.</summary>
internal static class ScenarioTurn
{
    public static TurnNotes Flag(string word) => word switch
    {
        "updated" => TurnNotes.Updated,
        "stream" => TurnNotes.Stream,
        "closed" => TurnNotes.Closed,
        "before-accept" => TurnNotes.BeforeAccept,
        "partial" => TurnNotes.Partial,
        "overlap" => TurnNotes.Overlap,
        _ => throw new FormatException($"no flag {word}"),
    };

    public static void Read(string key, ScenarioWords words, TurnBuilder turn)
    {
        ref TurnRecord record = ref turn.Record;
        switch (key)
        {
            case "in" when !record.IsClient:
            case "out" when record.IsClient:
                _ = turn.Request(words.Bytes(), words.More && words.Word() == "more" ? words.Number() : 0);
                break;
            case "in":
            case "out":
                _ = turn.Response(words.Bytes(), words.More && words.Word() == "more" ? words.Number() : 0);
                break;
            case "tail":
                byte[] tail = words.Bytes();
                record.Tail = (ushort)tail.Length;
                tail.CopyTo(record.TailBytes);
                break;
            case "plain":
                record.Flags |= TurnNotes.Plain;
                (record.PlainIn, record.PlainOut) = (words.Number(), words.Number());
                record.PlainLate = words.More ? words.Number() : 0;
                break;
            case "segments":
                record.Segments = words.Number32();
                break;
            case "sent":
                record.TxSeq = record.OutSeq + words.Number32();
                break;
            case "next-fragment":
                record.Fragments = words.Number32();
                break;
            case "cpu":
                record.Flags |= TurnNotes.Cpu;
                record.OnCpuNs = words.Number() * 1000;
                record.RunnableNs = words.Number() * 1000;
                break;
            case "times":
                ReadTimes(words, ref record);
                break;
            default:
                throw new FormatException($"no line {key}");
        }
    }

    public static void Complete(ref TurnRecord record)
    {
        record.ReadyLastNs = Math.Max(record.ReadyNs, record.ReadyLastNs);
        record.ReadLastNs = Math.Max(record.ReadNs, record.ReadLastNs);
        record.WriteLastNs = Math.Max(record.WriteNs, record.WriteLastNs);
        record.TxLastNs = Math.Max(record.TxNs, record.TxLastNs);
        record.ReadSeq = record.ReadLastNs > 0 ? record.InSeq + (uint)record.InBytes : record.InSeq;
        record.TxSeq = record.TxSeq == 0 ? record.OutSeq + (uint)record.OutBytes : record.TxSeq;
    }

    private static void ReadTimes(ScenarioWords words, ref TurnRecord record)
    {
        while (words.More)
        {
            string name = words.Word();
            long ns = TurnBuilder.BaseNs + (words.Number() * 1000);
            ref long field = ref record.AckNs;
            switch (name)
            {
                case "nic": field = ref record.NicNs; break;
                case "tcp": field = ref record.TcpNs; break;
                case "ready": field = ref record.ReadyNs; break;
                case "ready-last": field = ref record.ReadyLastNs; break;
                case "accept": field = ref record.AcceptNs; break;
                case "read": field = ref record.ReadNs; break;
                case "read-last": field = ref record.ReadLastNs; break;
                case "write": field = ref record.WriteNs; break;
                case "write-last": field = ref record.WriteLastNs; break;
                case "tx": field = ref record.TxNs; break;
                case "tx-last": field = ref record.TxLastNs; break;
                case "ack": field = ref record.AckNs; break;
                default: throw new FormatException($"no time {name}");
            }

            field = ns;
        }
    }
}
