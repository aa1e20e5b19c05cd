using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>
/// Goes once, in the order of time, through what the thread of an event loop read and wrote, and learns how it works: whether
/// it answers a request when the reply has come (and not when a timer has run out), and who waits for a connection.
/// </summary>
internal sealed class CallbackReplay
{
    /// <summary>So many are taken to have been seen that did.</summary>
    private const int Believed = 10;
    private const int ManyAnswers = 1024;

    /// <summary>A difference of so many contradictions may be an accident.</summary>
    private const int Alike = 4;

    private readonly WaitingLine[] _lines = [.. Enumerable.Range(1, WaitingLine.MostWidth).Select(width => new WaitingLine(width))];
    private readonly KeepingLine _keeping = new();
    private readonly UnderWay _underWay = new();
    private ThreadEvent _read;
    private long _playedNs;
    private int _answersSinceRead;
    private int _afterReply;
    private int _elsewhere;

    /// <summary>
    /// The first answer after a reply is that of the request that waited for it. Not where answers come after something else as well:
    /// a second one, or one after another request was read.
    /// </summary>
    public bool AnswersFollowReplies => _elsewhere * 20 <= _afterReply + Believed;

    /// <param name="ns">Until then everything has come that was not very late.</param>
    public void PlayTo(ThreadLog log, long ns)
    {
        for (int i = log.After(_playedNs); i < log.Count && log[i].Ns <= ns; i++)
        {
            Play(log[i]);
            if (log[i].Act == ThreadAct.AnswerWritten)
            {
                RenewLost(log, i);
            }
        }

        _playedNs = Math.Max(_playedNs, ns);
    }

    /// <summary>
    /// What those lines say that were contradicted least: another may be right by chance. Where nothing tells two of them apart, both
    /// must allow it.
    /// </summary>
    public LineWord Of(HeldExchange call, HeldExchange request)
    {
        if (!AnswersFollowReplies)
        {
            return LineWord.Nothing;
        }

        double most = Alike + _keeping.Record.Misses;
        foreach (WaitingLine line in _lines)
        {
            most = Math.Min(most, Alike + line.Record.Misses);
        }

        LineWord word = _keeping.Record.Misses <= most ? _keeping.Of(call, request) : LineWord.Nothing;
        foreach (WaitingLine line in _lines)
        {
            LineWord other = line.Record.Misses <= most ? line.Of(call, request) : LineWord.Nothing;
            word = other > word ? other : word;
        }

        return word;
    }

    private void RenewLost(ThreadLog log, int at)
    {
        if (_keeping.Record.IsLost || _lines[0].Record.IsLost)
        {
            _underWay.LookAt(log, at);
            _keeping.RenewIfLost(_underWay);
            _lines[0].RenewIfLost(_underWay);
        }
    }

    private void Play(in ThreadEvent item)
    {
        HeldExchange node = item.Node;
        if (item.IsRead)
        {
            _read = item;
            _answersSinceRead = 0;
            _keeping.Read();
        }

        if (!item.IsAlive || node.IsConnect)
        {
            return;
        }

        if (item.Act == ThreadAct.AnswerWritten)
        {
            Answer(node);
            return;
        }

        Queue(item, node);
    }

    private void Queue(in ThreadEvent item, HeldExchange node)
    {
        if (item.Act == ThreadAct.RequestRead)
        {
            _keeping.Ask(node);
        }
        else if (item.Act == ThreadAct.CallWritten)
        {
            _keeping.Call(node);
        }

        foreach (WaitingLine line in _lines)
        {
            switch (item.Act)
            {
                case ThreadAct.RequestRead:
                    line.Ask(node, item.Generation);
                    break;
                case ThreadAct.CallWritten:
                    line.Call(node);
                    break;
                default:
                    line.Reply(node);
                    break;
            }
        }
    }

    private void Answer(HeldExchange request)
    {
        bool first = _answersSinceRead++ == 0;
        bool isAfterReply = _read.Act == ThreadAct.ReplyRead;
        bool isOfReply = first && isAfterReply && _read.IsAlive;
        if (isOfReply)
        {
            _keeping.Answered(request, _read.Node);
        }
        else
        {
            _keeping.Leave(request);
        }

        foreach (WaitingLine line in _lines)
        {
            if (isOfReply)
            {
                line.Answered(request, _read.Node);
            }
            else
            {
                line.Leave(request);
            }
        }

        if (!isAfterReply && _read.IsAlive && _read.Node == request)
        {
            return;
        }

        Count(first && isAfterReply);
    }

    private void Count(bool isAfterReply)
    {
        _afterReply += isAfterReply ? 1 : 0;
        _elsewhere += isAfterReply ? 0 : 1;
        if (_afterReply + _elsewhere >= ManyAnswers)
        {
            _afterReply /= 2;
            _elsewhere /= 2;
        }
    }
}
