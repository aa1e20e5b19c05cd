using System.Diagnostics.CodeAnalysis;
using System.Text;
using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Windows;

/// <summary>
/// Groups by a name given as bytes, found without making a string. At most <paramref name="capacity"/> of them; silent ones make
/// room, and what still does not fit goes to one group called <c>other</c>.
/// </summary>
internal sealed class GroupTable(int capacity)
{
    private const int SilentWindows = WindowRing.SummaryWindows;

    private readonly Dictionary<byte[], GroupTally> _groups = new(ByteComparer.Instance);
    private readonly GroupTally _other = new("other");

    public void Add(ReadOnlySpan<byte> key, long window, in Exchange exchange)
    {
        var lookup = _groups.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(key, out GroupTally? group))
        {
            group = _groups.Count < capacity || MakeRoom(window) ? new GroupTally(Encoding.UTF8.GetString(key)) : _other;
            if (group != _other)
            {
                lookup[key] = group;
            }
        }

        group.Add(window, exchange);
    }

    public IEnumerable<GroupRow> Summarize(long oldestWindow, double seconds) =>
        _groups.Values.Append(_other)
            .Where(group => group.LastWindow >= oldestWindow)
            .Select(group => group.Summarize(oldestWindow, seconds))
            .Where(row => row.Summary.Count > 0);

    public void Clear() => _groups.Clear();

    private bool MakeRoom(long window)
    {
        List<byte[]> silent = [.. _groups.Where(pair => pair.Value.LastWindow < window - SilentWindows).Select(pair => pair.Key)];
        foreach (byte[] key in silent)
        {
            _ = _groups.Remove(key);
        }

        return silent.Count > 0;
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
