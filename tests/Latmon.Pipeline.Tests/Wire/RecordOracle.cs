using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Tests.Wire;

/// <summary>The same walk as <see cref="RecordReader"/>, written for the eye: byte by byte, with numbers from <c>latmon.h</c>.</summary>
internal static class RecordOracle
{
    private const int TurnBytes = 360;
    private const int FragmentBytes = 48;
    private const int SpanBytes = 40;
    private const int HeadBytes = 512;

    public static (List<(RecordKind Kind, int At, int Length)> Records, int Malformed) Read(byte[] framed)
    {
        List<(RecordKind, int, int)> records = [];
        int malformed = 0;
        long at = 0;
        while (at < framed.Length)
        {
            if (framed.Length - at < 8)
            {
                return (records, malformed + 1);
            }

            uint header = Word(framed, at);
            long length = header & 0x3fffffff;
            if (at + 8 + length > framed.Length)
            {
                return (records, malformed + 1);
            }

            bool discarded = (header & 0x40000000) != 0;
            if (!discarded && IsWhole(framed, at + 8, length))
            {
                records.Add(((RecordKind)Word(framed, at + 8), (int)at + 8, (int)length));
            }
            else if (!discarded)
            {
                malformed++;
            }

            at += 8 + ((length + 7) / 8 * 8);
        }

        return (records, malformed);
    }

    private static bool IsWhole(byte[] bytes, long at, long length)
    {
        if (length < 4)
        {
            return false;
        }

        uint kind = Word(bytes, at);
        if (kind == 1)
        {
            return length >= TurnBytes
                && Half(bytes, at + 78) <= HeadBytes && Half(bytes, at + 80) <= HeadBytes
                && TurnBytes + Half(bytes, at + 78) + Half(bytes, at + 80) <= length;
        }

        if (kind == 9)
        {
            return length >= SpanBytes && SpanBytes + Half(bytes, at + 6) <= length;
        }

        return kind is (>= 2 and <= 8) or (>= 10 and <= 12) && length >= FragmentBytes && FragmentBytes + (long)Word(bytes, at + 44) <= length;
    }

    private static uint Word(byte[] bytes, long at) => (uint)(Half(bytes, at) + (Half(bytes, at + 2) << 16));

    private static int Half(byte[] bytes, long at) => bytes[at] + (bytes[at + 1] << 8);
}
