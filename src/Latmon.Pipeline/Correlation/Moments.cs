using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// The moments of one exchange, in the order in which they should come: CLOCK_MONOTONIC nanoseconds, 0 = not seen.
/// </summary>
internal struct Moments
{
    public long NicNs;
    public long TcpNs;
    public long ReadyNs;
    public long ReadyLastNs;
    public long AcceptNs;
    public long ReadLastNs;
    public long WriteNs;
    public long WriteLastNs;
    public long TxLastNs;
    public long AckNs;
    public bool SeveralSegments;
    public bool BeforeAccept;
    public Role Role;

    /// <summary>AF_UNIX: there are no packets and no device between the ends.</summary>
    public bool IsUnix;

    /// <summary>Of a client: something of the answer arrived.</summary>
    public bool AnswerArrived;

    public readonly bool HasAnswer => Role == Role.Client ? AnswerArrived : WriteNs > 0;

    /// <summary>Where the exchange begins. Stamps can be lost, and 0 is the boot of the machine.</summary>
    public readonly long FirstSeenNs => Role == Role.Client
        ? First([WriteNs, WriteLastNs, TxLastNs, NicNs, TcpNs, ReadyNs, ReadyLastNs, ReadLastNs])
        : First([NicNs, TcpNs, ReadyNs, ReadyLastNs, AcceptNs, ReadLastNs, WriteNs, WriteLastNs, TxLastNs]);

    public static Moments Of(in TurnRecord turn)
    {
        uint outEnd = turn.OutSeq + (uint)turn.OutBytes;
        bool transmitted = turn.TxLastNs > 0 && !SequenceNumber.IsBefore(turn.TxSeq, outEnd);
        return new Moments
        {
            NicNs = turn.NicNs,
            TcpNs = turn.TcpNs,
            ReadyNs = turn.ReadyNs,
            ReadyLastNs = turn.ReadyLastNs,
            AcceptNs = turn.AcceptNs,
            ReadLastNs = turn.ReadLastNs,
            WriteNs = turn.WriteNs,
            WriteLastNs = turn.WriteLastNs,
            TxLastNs = transmitted ? turn.TxLastNs : 0,
            AckNs = turn.AckNs,
            SeveralSegments = turn.Segments > 1,
            BeforeAccept = (turn.Flags & TurnNotes.BeforeAccept) != 0,
            Role = turn.IsClient ? Role.Client : Role.Server,
            IsUnix = turn.IsUnix,
            AnswerArrived = turn.IsClient && turn.InBytes > 0,
        };
    }

    /// <summary>A later turn goes on with the same exchange: the rest of the body, or the final answer after a 100.</summary>
    /// <param name="answerBegan">What is received after that is no longer what the answer waited for.</param>
    public void Append(in Moments next, bool answerBegan)
    {
        if (Role == Role.Client)
        {
            AppendToClient(next, answerBegan);
            return;
        }

        if (!answerBegan)
        {
            SeveralSegments = true;
            ReadyLastNs = Later(ReadyLastNs, next.ReadyLastNs);
            ReadLastNs = Later(ReadLastNs, next.ReadLastNs);
        }

        WriteNs = answerBegan ? WriteNs : next.WriteNs;
        WriteLastNs = next.WriteLastNs > 0 || !answerBegan ? next.WriteLastNs : WriteLastNs;
        TxLastNs = next.WriteLastNs > 0 || !answerBegan ? next.TxLastNs : TxLastNs;
        AckNs = next.WriteLastNs > 0 || !answerBegan ? next.AckNs : AckNs;
    }

    /// <summary>As above. What is still written when the answer has begun is no longer what the answer waited for.</summary>
    private void AppendToClient(in Moments next, bool answerBegan)
    {
        if (answerBegan)
        {
            ReadyLastNs = Later(ReadyLastNs, next.ReadyLastNs);
            ReadLastNs = Later(ReadLastNs, next.ReadLastNs);
            return;
        }

        long writeNs = WriteNs;
        this = next;
        WriteNs = writeNs;
    }

    private static long First(ReadOnlySpan<long> moments)
    {
        foreach (long ns in moments)
        {
            if (ns > 0)
            {
                return ns;
            }
        }

        return 0;
    }

    private static long Later(long a, long b) => Math.Max(a, b);
}
