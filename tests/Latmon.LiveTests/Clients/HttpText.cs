using System.Globalization;
using System.Text;

namespace Latmon.LiveTests.Clients;

/// <summary>HTTP/1.1 as bytes that the test knows exactly: requests to send, and as much parsing as its own ends need.</summary>
public static class HttpText
{
    public static byte[] Get(string path, params string[] headers) => Request("GET", path, headers);

    public static byte[] Request(string method, string path, params string[] headers)
    {
        StringBuilder text = new($"{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
        foreach (string header in headers)
        {
            text.Append(header).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    public static byte[] Post(string path, int bodyBytes, params string[] headers)
    {
        string length = string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bodyBytes}");
        byte[] body = new byte[bodyBytes];
        Array.Fill(body, (byte)'x');
        return [.. Request("POST", path, [length, .. headers]), .. body];
    }

    /// <summary>Length of the head with its empty line, or -1 when it is not all there.</summary>
    public static int HeadBytes(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : end + 4;
    }

    public static long? ContentLength(string head) =>
        Header(head, "Content-Length") is { } length ? long.Parse(length, CultureInfo.InvariantCulture) : null;

    public static string? Header(string head, string name)
    {
        string start = $"\r\n{name}:";
        int at = head.IndexOf(start, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        at += start.Length;
        return head[at..head.IndexOf("\r\n", at, StringComparison.Ordinal)].Trim();
    }

    public static int NumberAfter(string text, string start) =>
        int.Parse(text.AsSpan(start.Length), NumberStyles.None, CultureInfo.InvariantCulture);
}
