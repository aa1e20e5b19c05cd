namespace Latmon.Pipeline.Protocols;

/// <summary>
/// Which bursts of a connection that speaks TLS are its own business, as far as the headers of its records tell without decryption
/// (RFC 8446, sections 5 and D.4).
/// </summary>
internal static class TlsRecords
{
    private const byte ChangeCipherSpec = 0x14;
    private const byte Alert = 0x15;
    private const byte Handshake = 0x16;
    private const byte ApplicationData = 0x17;
    private const int HeaderBytes = 5;

    /// <summary>An encrypted alert of TLS 1.3: two bytes, their type and the tag.</summary>
    private const int SealedAlert = 19;

    /// <summary>A client's Finished of TLS 1.3: 4 bytes of header, the hash, the type and the tag.</summary>
    private const int SealedFinished256 = 53;
    private const int SealedFinished384 = 69;

    public static bool Begin(ReadOnlySpan<byte> bytes) => bytes is [>= ChangeCipherSpec and <= ApplicationData, 3, <= 4, ..];

    /// <summary>All of a burst is an alert. An answer that is one answers no request: a good-bye, or that nothing was understood.</summary>
    public static bool IsAlert(ReadOnlySpan<byte> head, long length) => length == HeaderBytes + SealedAlert || head is [Alert, 3, ..];

    /// <param name="head">What was kept of the burst.</param>
    /// <param name="length">Of all of it.</param>
    /// <param name="awaitsFinished">A handshake has begun and the client's Finished has not come: kept from burst to burst.</param>
    /// <returns>True when a handshake, a ticket for the next one or an alert is all that there is.</returns>
    public static bool AreHandshake(ReadOnlySpan<byte> head, long length, ref bool awaitsFinished)
    {
        if (IsAlert(head, length))
        {
            return true;
        }

        long at = 0;
        bool isCiphered = false;
        awaitsFinished |= head is [ChangeCipherSpec, ..];
        while (at + HeaderBytes <= head.Length)
        {
            ReadOnlySpan<byte> record = head[(int)at..];
            int payload = (record[3] << 8) | record[4];
            if (!Begin(record) || (record[0] == ApplicationData && !(awaitsFinished && payload is SealedFinished256 or SealedFinished384)))
            {
                return false;
            }

            isCiphered |= record[0] == ChangeCipherSpec;
            awaitsFinished = record[0] == Handshake ? !isCiphered : awaitsFinished && record[0] != ApplicationData;
            at += HeaderBytes + payload;
        }

        return at > 0 && (at >= length || head[0] == Handshake);
    }
}
