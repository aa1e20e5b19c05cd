namespace Latmon.Pipeline.Wire;

/// <summary>32-bit TCP sequence arithmetic that survives the wrap (RFC 9293, section 3.4).</summary>
public static class SequenceNumber
{
    public static bool IsBefore(uint a, uint b) => (int)(a - b) < 0;

    /// <summary>Bytes from <paramref name="from"/> to <paramref name="to"/>; negative when it lies before.</summary>
    public static int Distance(uint from, uint to) => (int)(to - from);
}
