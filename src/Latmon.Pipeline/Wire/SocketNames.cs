using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;

namespace Latmon.Pipeline.Wire;

/// <summary>
/// The names of AF_UNIX sockets, which records carry as a number (<c>RECORD_PATH</c> in <c>latmon.h</c>): one table of the process,
/// because the number is made from the name and means the same to everybody. Bounded; any thread.
/// </summary>
public static class SocketNames
{
    private const int Capacity = 16384;
    private static readonly ConcurrentDictionary<ulong, string> Names = new();

    /// <param name="sunPath">As the kernel keeps it: abstract names begin with a zero byte, others may end with one.</param>
    public static void Add(ulong number, ReadOnlySpan<byte> sunPath)
    {
        if (Names.Count >= Capacity)
        {
            Names.Clear();
        }

        Names[number] = Text(sunPath);
    }

    /// <summary>Of an end whose address is <paramref name="address"/>; <c>?</c> when the name was not told.</summary>
    public static string Of(ReadOnlySpan<byte> address) =>
        Names.TryGetValue(BinaryPrimitives.ReadUInt64LittleEndian(address), out string? name) ? name : "?";

    /// <summary>Abstract names are shown with an @ in front, as everywhere.</summary>
    private static string Text(ReadOnlySpan<byte> sunPath)
    {
        if (sunPath is [0, .. var rest])
        {
            return "@" + Encoding.UTF8.GetString(rest);
        }

        int end = sunPath.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? sunPath : sunPath[..end]);
    }
}
