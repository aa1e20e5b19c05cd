using System.Numerics;

namespace Latmon.Pipeline.Assembling;

/// <summary>
/// A process's requests that are held, by when they were read. None is longer than the longest of them, so that those which a call
/// may belong to lie close before it; without that every call would be compared with all requests of a fifth of a second.
/// </summary>
internal sealed class OpenRequests
{
    private const int Lengths = 64;

    private readonly TimeOrder<HeldExchange> _byStart = new();

    /// <summary>How many there are that take less than 2, 4, 8 … nanoseconds.</summary>
    private readonly int[] _ofLength = new int[Lengths];

    /// <summary>A bit for each length that there is.</summary>
    private ulong _lengths;

    /// <summary>Those of which it is not known when they were read and answered included.</summary>
    public int Count { get; private set; }

    public void Add(HeldExchange request)
    {
        Count++;
        if (request.HasWindow)
        {
            _byStart.Add(request.FromNs, request);
            int length = Length(request);
            _ofLength[length]++;
            _lengths |= 1ul << length;
        }
    }

    public void Remove(HeldExchange request)
    {
        Count--;
        if (request.HasWindow)
        {
            _byStart.Remove(request.FromNs, request);
            int length = Length(request);
            _lengths ^= --_ofLength[length] == 0 ? 1ul << length : 0;
        }
    }

    public void Clear()
    {
        _byStart.Clear();
        Array.Clear(_ofLength);
        _lengths = 0;
        Count = 0;
    }

    /// <summary>All that were read by <paramref name="lastNs"/> and not answered before <paramref name="fromNs"/>, and some others.</summary>
    public TimeOrder<HeldExchange>.Window Around(long fromNs, long lastNs)
    {
        long longestNs = 2L << BitOperations.Log2(_lengths | 1);
        return _byStart.Between(fromNs - longestNs, lastNs);
    }

    private static int Length(HeldExchange request) =>
        Math.Min(BitOperations.Log2((ulong)Math.Max(1, request.ToNs - request.FromNs)), Lengths - 3);
}
