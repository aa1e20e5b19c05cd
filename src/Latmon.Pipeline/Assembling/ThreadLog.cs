namespace Latmon.Pipeline.Assembling;

internal enum ThreadAct : byte
{
    RequestRead = 1,
    AnswerWritten,
    CallWritten,
    ReplyRead,
}

/// <param name="Ns">CLOCK_MONOTONIC.</param>
/// <param name="UntilNs">Of a request: when its answer was out.</param>
internal readonly record struct ThreadEvent(long Ns, long UntilNs, HeldExchange Node, int Generation, ThreadAct Act)
{
    public bool IsRead => Act is ThreadAct.RequestRead or ThreadAct.ReplyRead;

    /// <summary>Its exchange is still held, so that something can be put under it.</summary>
    public bool IsAlive => Node.Generation == Generation;
}

/// <summary>
/// What one thread read and wrote, in order of time: from which request or reply it came when it wrote something. Events come late
/// and are put in their places. Bounded: when it is full, the older half goes.
/// </summary>
internal sealed class ThreadLog
{
    private const int Capacity = 32768;
    private const int FirstCapacity = 16;

    /// <summary>Older events of exchanges that have been handed over say nothing about those that come.</summary>
    private const long KeptNs = 1_000_000_000;

    /// <summary>Two requests at once on a thread, that long ago, still tell that it is an event loop.</summary>
    private const long OverlapMemoryNs = 10_000_000_000;

    private long _forgottenNs;
    private ThreadEvent[] _events = new ThreadEvent[FirstCapacity];

    public long Key { get; private set; }

    public int Count { get; private set; }

    /// <summary>Exchanges and spans that are held and refer to it.</summary>
    public int Users { get; set; }

    /// <summary>CLOCK_MONOTONIC of the newest event or span.</summary>
    public long LastNs { get; set; }

    /// <summary>When two requests were last on this thread's mind at once; 0 = never.</summary>
    public long OverlapNs { get; private set; }

    /// <summary>When a call of this thread last found no request; 0 = never.</summary>
    public long UnparentedNs { get; set; }

    /// <summary>Those that wait for their exchange, by end.</summary>
    public TimeOrder<HeldSpan> Spans { get; } = new();

    /// <summary>Of an event loop; null when there are too many.</summary>
    public CallbackReplay? Replay { get; set; }

    public ref readonly ThreadEvent this[int index] => ref _events[index];

    /// <summary>It is an event loop, or was one shortly before.</summary>
    public bool HadOverlap(long ns) => OverlapNs > 0 && ns - OverlapNs <= OverlapMemoryNs;

    public void Reset(long key)
    {
        Array.Clear(_events, 0, Count);
        Key = key;
        _forgottenNs = 0;
        Count = 0;
        Users = 0;
        LastNs = OverlapNs = UnparentedNs = 0;
        Spans.Clear();
        Replay = null;
    }

    public void Add(in ThreadEvent item)
    {
        if (item.Ns <= _forgottenNs)
        {
            return;
        }

        if (Count == _events.Length)
        {
            MakeRoom();
        }

        int at = Count++;
        while (at > 0 && _events[at - 1].Ns > item.Ns)
        {
            _events[at] = _events[at - 1];
            at--;
        }

        _events[at] = item;
        LastNs = Math.Max(LastNs, item.Ns);
        if (item.Act == ThreadAct.RequestRead)
        {
            NoteOverlap(at);
        }
    }

    /// <summary>Index of the first event later than <paramref name="ns"/>.</summary>
    public int After(long ns)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_events[middle].Ns <= ns)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The last read at or before <paramref name="ns"/> that is not of <paramref name="self"/>; -1 when there is none.</summary>
    public int LastRead(long ns, HeldExchange self)
    {
        for (int i = After(ns) - 1; i >= 0; i--)
        {
            if (_events[i].IsRead && !(_events[i].Node == self && _events[i].IsAlive))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A request was read while another one's answer was not out.</summary>
    private void NoteOverlap(int at)
    {
        const int LookBack = 64;
        ref readonly ThreadEvent read = ref _events[at];
        for (int i = at - 1; i >= Math.Max(0, at - LookBack); i--)
        {
            if (_events[i].Act == ThreadAct.RequestRead && _events[i].UntilNs > read.Ns)
            {
                OverlapNs = Math.Max(OverlapNs, read.Ns);
                return;
            }
        }

        for (int i = at + 1; i < Count && _events[i].Ns < read.UntilNs; i++)
        {
            if (_events[i].Act == ThreadAct.RequestRead)
            {
                OverlapNs = Math.Max(OverlapNs, _events[i].Ns);
                return;
            }
        }
    }

    private void MakeRoom()
    {
        int old = 0;
        while (old < Count && !_events[old].IsAlive && _events[old].Ns < LastNs - KeptNs)
        {
            old++;
        }

        if (old < Count / 2)
        {
            if (_events.Length < Capacity)
            {
                Array.Resize(ref _events, _events.Length * 2);
                return;
            }

            old = Count / 2;
        }

        _forgottenNs = _events[old - 1].Ns;
        Array.Copy(_events, old, _events, 0, Count - old);
        Array.Clear(_events, Count - old, old);
        Count -= old;
    }
}
