namespace Latmon.Pipeline.Windows;

/// <summary>
/// The low-cardinality name of a path: segments that look like identifiers (digits only, or at least 16 hex digits, with or
/// without dashes) become <c>{id}</c>.
/// </summary>
public static class Route
{
    private const int ShortestHex = 16;

    private static ReadOnlySpan<byte> Id => "{id}"u8;

    /// <returns>Bytes written; a route longer than <paramref name="route"/> is cut.</returns>
    public static int Write(ReadOnlySpan<byte> path, Span<byte> route)
    {
        int length = 0;
        while (!path.IsEmpty && length < route.Length)
        {
            if (path[0] == (byte)'/')
            {
                route[length++] = (byte)'/';
                path = path[1..];
                continue;
            }

            int end = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> segment = end < 0 ? path : path[..end];
            path = path[segment.Length..];
            ReadOnlySpan<byte> text = IsIdentifier(segment) ? Id : segment;
            text = text[..Math.Min(text.Length, route.Length - length)];
            text.CopyTo(route[length..]);
            length += text.Length;
        }

        return length;
    }

    private static bool IsIdentifier(ReadOnlySpan<byte> segment)
    {
        if (segment[0] > (byte)'f')
        {
            return false;
        }

        return !segment.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || (segment.Length >= ShortestHex && IsHex(segment));
    }

    private static bool IsHex(ReadOnlySpan<byte> segment)
    {
        foreach (byte b in segment)
        {
            if (!char.IsAsciiHexDigit((char)b) && b != (byte)'-')
            {
                return false;
            }
        }

        return true;
    }
}
