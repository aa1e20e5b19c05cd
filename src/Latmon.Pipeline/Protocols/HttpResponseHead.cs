namespace Latmon.Pipeline.Protocols;

/// <summary>What latmon needs of an HTTP/1.x response head: the status, and where the message ends.</summary>
public struct HttpResponseHead
{
    private const int StatusEnd = 12; // "HTTP/1.1 200"

    public int Status;
    public HttpBody Body;

    public readonly bool IsInterim => Status is >= 100 and < 200 and not 101;

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
