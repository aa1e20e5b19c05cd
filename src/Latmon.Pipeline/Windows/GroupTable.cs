using System.Diagnostics.CodeAnalysis;
using System.Text;
using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// Groups by a name given as bytes, found without making a string. There is room for a number of them; silent ones make
/// room, and what still does not fit goes to one group called <c>other</c>.
/// </summary>
internal sealed class GroupTable
{
    private const int SilentWindows = WindowRing.MostSummarized;

    private readonly int _capacity;
    private readonly Dictionary<byte[], GroupTally> _groups = new(ByteComparer.Instance);
    private readonly Dictionary<byte[], GroupTally>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private GroupTally _other = NewOther();
    private long _fullInWindow = -1;

    public GroupTable(int capacity)
    {
        _capacity = capacity;
        _lookup = _groups.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public void Add(ReadOnlySpan<byte> key, long window, in Exchange exchange) => Of(key, window).Add(window, exchange);

    public void Add(ReadOnlySpan<byte> key, long window, in SpanEvent span) => Of(key, window).Add(window, span);

    private GroupTally Of(ReadOnlySpan<byte> key, long window)
    {
        if (!_lookup.TryGetValue(key, out GroupTally? group))
        {
            group = _groups.Count < _capacity || MakeRoom(window) ? new GroupTally(Encoding.UTF8.GetString(key)) : _other;
            if (group != _other)
            {
                _lookup[key] = group;
            }
        }

        return group;
    }

    public IEnumerable<GroupRow> Summarize(long oldestWindow, double seconds) =>
        _groups.Values.Append(_other)
            .Where(group => group.LastWindow >= oldestWindow)
            .Select(group => group.Summarize(oldestWindow, seconds))
            .Where(row => row.Summary.Count > 0);

    public void Clear()
    {
        _groups.Clear();
        _other = NewOther();
        _fullInWindow = -1;
    }

    private static GroupTally NewOther() => new("other");

    /// <summary>Tried once a window: what was not silent then is not silent later in the same window either.</summary>
    private bool MakeRoom(long window)
    {
        if (window == _fullInWindow)
        {
            return false;
        }

        _fullInWindow = window;
        return RemoveSilent(window - SilentWindows) > 0;
    }

    private int RemoveSilent(long oldestKept)
    {
        List<byte[]> silent = [.. _groups.Where(pair => pair.Value.LastWindow < oldestKept).Select(pair => pair.Key)];
        foreach (byte[] key in silent)
        {
            _ = _groups.Remove(key);
        }

        return silent.Count;
    }

    private sealed class ByteComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByteComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
