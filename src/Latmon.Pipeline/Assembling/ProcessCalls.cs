namespace Latmon.Pipeline.Assembling;

/// <summary>What a process does: serve, call, or both; its requests and its calls without a parent, as long as they are held.</summary>
internal sealed class ProcessCalls
{
    /// <summary>What was not seen for so long is no longer expected.</summary>
    public const long RecentNs = 60_000_000_000;

    private const int SeveralThreads = -1;

    /// <summary>So many requests on one thread are no accident.</summary>
    private const int Believed = 10;

    /// <summary>
    /// Slower requests than that may end when another one that was read later is claimed already (<see cref="Patience.Hold"/>, less what a
    /// record may be late).
    /// </summary>
    private const long SlowNs = 130_000_000;

    private int _servingTid;
    private int _served;

    /// <summary>When the last slow request came; 0 = never.</summary>
    private long _lastSlowNs;
    private Agreement _forward;
    private Agreement _sameConnection;
    private int _answers;
    private int _othersAnswers;

    public int Pid { get; private set; }

    /// <summary>CLOCK_MONOTONIC, 0 = never.</summary>
    public long LastRequestNs { get; set; }

    public long LastCallNs { get; set; }

    public long LastSpanNs { get; set; }

    /// <summary>A call was held as long as those of a server, and no request came.</summary>
    public bool OnlyCalls { get; set; }

    /// <summary>Its calls that were seen from the writing to the reply, by the end of that; nothing can be said of the others.</summary>
    public TimeOrder<HeldExchange> Calls { get; } = new();

    public OpenRequests Requests { get; } = new();

    public int OpenCalls { get; private set; }

    public void Reset(int pid)
    {
        Pid = pid;
        LastRequestNs = LastCallNs = LastSpanNs = 0;
        OnlyCalls = false;
        Calls.Clear();
        Requests.Clear();
        OpenCalls = 0;
        _servingTid = _served = 0;
        _lastSlowNs = 0;
        IsLoop = false;
        _forward = _sameConnection = default;
        _answers = _othersAnswers = 0;
    }

    public bool Serves(long nowNs) => LastRequestNs > 0 && nowNs - LastRequestNs < RecentNs;

    /// <summary>Calls or spans may belong to its requests.</summary>
    public bool HasInside(long nowNs) =>
        (LastCallNs > 0 && nowNs - LastCallNs < RecentNs) || (LastSpanNs > 0 && nowNs - LastSpanNs < RecentNs);

    /// <summary>One thread reads and writes everything: an event loop, or a process that serves one request at a time.</summary>
    public bool HasOneThread => _servingTid > 0;

    /// <summary>Its one thread had several requests at once on its mind.</summary>
    public bool IsLoop { get; set; }

    /// <summary>An event loop's calls are told apart by the order in which requests asked: all those of that time must have come.</summary>
    public bool IsSlowLoop(long nowNs) => IsLoop && _lastSlowNs > 0 && nowNs - _lastSlowNs < RecentNs;

    public void SawDuration(long durationNs, long nowNs) => _lastSlowNs = durationNs > SlowNs ? nowNs : _lastSlowNs;

    public void SawServing(int readTid, int writeTid)
    {
        if (_servingTid == SeveralThreads || writeTid == 0)
        {
            return;
        }

        bool one = readTid == writeTid && (_servingTid == 0 || _servingTid == readTid);
        _servingTid = one ? readTid : SeveralThreads;
        _served = one ? Math.Min(_served + 1, Believed) : 0;
    }

    /// <summary>Another thread of it calls for a request of that one, not for one of its own that is not answered yet.</summary>
    public bool IsKnownToServeOnOneThread => _served == Believed;

    /// <summary>Both ways of asking, forward and backward in time, had an answer.</summary>
    /// <param name="sameConnection">Forward went from one call to the next on the same connection.</param>
    public void Compared(bool agreed, bool sameConnection)
    {
        if (sameConnection)
        {
            _sameConnection.Add(agreed);
        }
        else
        {
            _forward.Add(agreed);
        }
    }

    /// <summary>Where both ways agree nearly always, forward alone is enough for a weak link.</summary>
    public bool ForwardHolds => _forward.IsHigh;

    /// <summary>After the reply to a call of a request that is still held, the next answer was written.</summary>
    /// <param name="others">
    /// It was somebody's who has been handed over since. Such a one can be no parent any more, so that comparing both ways never sees
    /// it: where that is frequent, both agree only because nobody else is left.
    /// </param>
    public void SawAnswer(bool others)
    {
        _answers++;
        _othersAnswers += others ? 1 : 0;
        if (_answers >= 4096)
        {
            _answers /= 2;
            _othersAnswers /= 2;
        }
    }

    /// <summary>Requests that only wait are answered between a reply and what follows from it, too; more than that are timers.</summary>
    public bool AnswersFollow => _othersAnswers * 4 <= _answers;

    /// <summary>A connection stays with a request until it is done, or it does not matter: no other request waits for one.</summary>
    public bool ConnectionsStay => _sameConnection.IsHigh;

    public void AddCall(HeldExchange call)
    {
        OpenCalls++;
        if (call.HasWindow)
        {
            Calls.Add(call.ToNs, call);
        }
    }

    public void RemoveCall(HeldExchange call)
    {
        OpenCalls--;
        if (call.HasWindow)
        {
            Calls.Remove(call.ToNs, call);
        }
    }

    private struct Agreement
    {
        private int _agreed;
        private int _disagreed;

        public readonly bool IsHigh => _agreed >= 20 && _disagreed * 200 <= _agreed;

        public void Add(bool agreed)
        {
            _agreed += agreed ? 1 : 0;
            _disagreed += agreed ? 0 : 1;
            if (_agreed + _disagreed >= 4096)
            {
                _agreed /= 2;
                _disagreed /= 2;
            }
        }
    }
}
