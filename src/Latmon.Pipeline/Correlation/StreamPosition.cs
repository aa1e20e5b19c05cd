using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>Turns 32-bit sequence numbers of one direction into positions that do not wrap, counted from its start.</summary>
internal struct StreamPosition(uint start)
{
    private uint _nearSeq = start;
    private long _near;

    /// <summary>Right as long as neighbouring calls are less than 2 GB apart.</summary>
    public long Of(uint seq)
    {
        _near += SequenceNumber.Distance(_nearSeq, seq);
        _nearSeq = seq;
        return _near;
    }
}
