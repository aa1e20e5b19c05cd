using System.Buffers.Binary;

namespace Latmon.Pipeline.Protocols;

/// <summary>
/// Walks the messages of one direction of a PostgreSQL connection (protocol 3.0): a type byte, a big-endian length that counts
/// itself, a body. The bytes may end anywhere; the walk ends at the first thing that is no message of that direction.
/// </summary>
/// <param name="fromClient">Both directions use the same letters for different messages.</param>
internal ref struct PostgresMessages(ReadOnlySpan<byte> bytes, bool fromClient)
{
    private const int HeaderBytes = 5;

    /// <summary>
    /// The protocol allows a gigabyte. Below 0x09000000 no four characters of text look like a length, so that a walk that lost its
    /// place does not take text for messages.
    /// </summary>
    private const int LongestBody = 0x08000000;

    private ReadOnlySpan<byte> _rest = bytes;

    public byte Type { get; private set; }

    /// <summary>As much of it as there is.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    public bool IsWhole { get; private set; }

    /// <summary>What comes next is no message.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The bytes end inside a message.</summary>
    public bool IsCut { get; private set; }

    public bool TryRead()
    {
        if (_rest.Length < HeaderBytes)
        {
            IsCut |= !_rest.IsEmpty;
            IsBroken |= !_rest.IsEmpty && ShortestBody(_rest[0]) < 0;
            return false;
        }

        long length = BinaryPrimitives.ReadUInt32BigEndian(_rest[1..]) - 4L;
        int shortest = ShortestBody(_rest[0]);
        if (shortest < 0 || length < shortest || length > LongestBody || (length > 0 && HasNoBody(_rest[0])))
        {
            IsBroken = true;
            return false;
        }

        Type = _rest[0];
        int visible = (int)Math.Min(length, _rest.Length - HeaderBytes);
        Body = _rest.Slice(HeaderBytes, visible);
        IsWhole = visible == length;
        IsCut = !IsWhole;
        _rest = _rest[(HeaderBytes + visible)..];
        return true;
    }

    private readonly int ShortestBody(byte type) => fromClient ? ShortestOfClient(type) : ShortestOfServer(type);

    private readonly bool HasNoBody(byte type) => fromClient
        ? type is (byte)'S' or (byte)'H' or (byte)'X' or (byte)'c'
        : type is (byte)'1' or (byte)'2' or (byte)'3' or (byte)'n' or (byte)'s' or (byte)'I' or (byte)'c';

    private static int ShortestOfClient(byte type) => (char)type switch
    {
        'S' or 'H' or 'X' or 'c' or 'd' => 0,
        'Q' or 'f' or 'p' => 1,
        'D' or 'C' => 2,
        'P' => 4,
        'E' => 5,
        'B' => 8,
        'F' => 10,
        _ => -1,
    };

    private static int ShortestOfServer(byte type) => (char)type switch
    {
        '1' or '2' or '3' or 'n' or 's' or 'I' or 'c' or 'd' => 0,
        'C' or 'E' or 'N' or 'Z' => 1,
        'T' or 'D' or 't' or 'S' => 2,
        'G' or 'H' or 'W' => 3,
        'R' or 'V' => 4,
        'A' => 6,
        'K' or 'v' => 8,
        _ => -1,
    };
}
