namespace Latmon.Pipeline.Protocols;

/// <summary>
/// What latmon needs of an HTTP/1.x request head (RFC 9112): the method, the path without its query, and where the body
/// ends. Offsets point into the bytes that were parsed. Any bytes are accepted; those that are no request are refused.
/// </summary>
public struct HttpRequestHead
{
    private const int LongestMethod = 24;

    public HttpMethodName Method;

    /// <summary>Path of the target, without scheme, authority, query and fragment.</summary>
    public int PathStart;
    public int PathLength;

    public HttpBody Body;

    /// <summary>False when looking for <see cref="TraceContext"/> and <see cref="RequestId"/> would be in vain.</summary>
    public bool MayHaveIds;

    /// <summary>
    /// Parses as much as there is. A head that is cut off is still a request when its method is a known one or the whole
    /// request line is there; then <see cref="HttpBody.HeadLength"/> is unknown.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out HttpRequestHead head)
    {
        head = default;
        int space = bytes[..Math.Min(bytes.Length, LongestMethod)].IndexOf((byte)' ');
        if (space < 3 || bytes[..space].ContainsAnyExceptInRange((byte)'A', (byte)'Z'))
        {
            return false;
        }

        head.Method = HttpMethods.Parse(bytes[..space]);
        ReadOnlySpan<byte> rest = bytes[(space + 1)..];
        int lineEnd = rest.IndexOf((byte)'\n');
        if (lineEnd < 0)
        {
            head.SetPath(bytes, space + 1, EndOfTarget(rest));
            head.Body = HttpBody.Unknown;
            return head.Method != HttpMethodName.Other && head.PathLength > 0 && bytes[head.PathStart] is (byte)'/' or (byte)'*';
        }

        ReadOnlySpan<byte> line = rest[..lineEnd].TrimEnd((byte)'\r');
        int targetEnd = line.LastIndexOf(" HTTP/1."u8);
        if (targetEnd <= 0)
        {
            return false;
        }

        head.SetPath(bytes, space + 1, targetEnd);
        head.Body = HttpBody.OfRequest(bytes, space + 1 + lineEnd + 1, out head.MayHaveIds);
        return true;
    }

    private static int EndOfTarget(ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)' ');
        return end < 0 ? rest.Length : end;
    }

    /// <summary>The query goes first: it may hold another address, and what looks like a path there is a value to be masked.</summary>
    private void SetPath(ReadOnlySpan<byte> bytes, int start, int length)
    {
        ReadOnlySpan<byte> target = bytes.Slice(start, length);
        int end = target.IndexOfAny((byte)'?', (byte)'#');
        target = end < 0 ? target : target[..end];
        int scheme = target is [not (byte)'/', ..] ? target.IndexOf("://"u8) : -1;
        if (scheme >= 0)
        {
            int slash = target[(scheme + 3)..].IndexOf((byte)'/');
            int skip = slash < 0 ? target.Length : scheme + 3 + slash;
            start += skip;
            target = target[skip..];
        }

        PathStart = start;
        PathLength = target.Length;
    }
}
