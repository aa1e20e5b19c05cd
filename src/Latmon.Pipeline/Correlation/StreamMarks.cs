namespace Latmon.Pipeline.Correlation;

/// <summary>
/// When which byte of a stream passed a boundary: monotone in both, so that the moment of a byte is the first mark behind it.
/// </summary>
internal sealed class StreamMarks
{
    /// <summary>Beyond this, the older half is forgotten, and what it would have told is unavailable.</summary>
    private const int Capacity = 4096;

    private readonly List<(long End, long Ns, long ExtraNs, int Tid)> _marks = [];

    /// <summary>A mark that tells of no new byte is passed over: a record may be handed over twice.</summary>
    /// <param name="end">The boundary was passed by every byte before this position.</param>
    /// <param name="extraNs">A second stamp of the same event, 0 when there is none.</param>
    public void Add(long end, long ns, long extraNs = 0, int tid = 0)
    {
        if (ns <= 0 || HasReached(end))
        {
            return;
        }

        if (_marks.Count == Capacity)
        {
            _marks.RemoveRange(0, Capacity / 2);
        }

        _marks.Add((end, ns, extraNs, tid));
    }

    /// <summary>The first mark by which all bytes before <paramref name="position"/> had passed; zeros when there is none.</summary>
    public (long Ns, long ExtraNs, int Tid) Reached(long position)
    {
        foreach ((long end, long ns, long extraNs, int tid) in _marks)
        {
            if (end >= position)
            {
                return (ns, extraNs, tid);
            }
        }

        return default;
    }

    /// <summary>The last mark that begins before <paramref name="position"/>, where a mark begins at its predecessor's end.</summary>
    public long LastBeginningBefore(long position)
    {
        long last = 0;
        long begin = long.MinValue;
        foreach ((long end, long ns, _, _) in _marks)
        {
            if (begin >= position)
            {
                break;
            }

            last = ns;
            begin = end;
        }

        return last;
    }

    public bool HasReached(long position) => _marks.Count > 0 && _marks[^1].End >= position;

    /// <summary>Forgets the marks that no byte from <paramref name="position"/> on needs.</summary>
    public void ForgetBefore(long position)
    {
        int passed = 0;
        while (passed < _marks.Count && _marks[passed].End < position)
        {
            passed++;
        }

        _marks.RemoveRange(0, passed);
    }

    public void Clear() => _marks.Clear();
}
