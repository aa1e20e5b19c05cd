namespace Latmon.Pipeline.Protocols;

/// <summary>What latmon needs of an HTTP/1.x response head: the status, and where the message ends.</summary>
public struct HttpResponseHead
{
    private const int StatusEnd = 12; // "HTTP/1.1 200"

    public int Status;
    public HttpBody Body;

    public readonly bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>
    /// As below, but passes over interim answers (100, 103) in front of the final one. Where there is nothing behind them, the
    /// last of them is what comes out. The head's length counts from the beginning of <paramref name="bytes"/>.
    /// </summary>
    public static bool TryParseFinal(ReadOnlySpan<byte> bytes, out HttpResponseHead head)
    {
        bool found = TryParse(bytes, out head);
        int skipped = 0;
        while (found && head.IsInterim && head.Body.HeadLength > 0
            && TryParse(bytes[(skipped + head.Body.HeadLength)..], out HttpResponseHead next))
        {
            skipped += head.Body.HeadLength;
            head = next;
        }

        head.Body.HeadLength += head.Body.HeadLength > 0 ? skipped : 0;
        return found;
    }

    public static bool TryParse(ReadOnlySpan<byte> bytes, out HttpResponseHead head)
    {
        head = default;
        if (bytes.Length < StatusEnd || !bytes.StartsWith("HTTP/1."u8) || bytes[8] != (byte)' ')
        {
            return false;
        }

        for (int i = 9; i < StatusEnd; i++)
        {
            if (bytes[i] is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            head.Status = (head.Status * 10) + bytes[i] - '0';
        }

        int lineEnd = bytes.IndexOf((byte)'\n');
        head.Body = lineEnd < 0 ? HttpBody.Unknown : HttpBody.OfResponse(bytes, lineEnd + 1, head.Status);
        return head.Status >= 100;
    }
}
