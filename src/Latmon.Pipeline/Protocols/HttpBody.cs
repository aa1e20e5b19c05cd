using System.Buffers.Text;
using System.Text;

namespace Latmon.Pipeline.Protocols;

/// <summary>How the end of a message is known (RFC 9112, section 6.3).</summary>
public enum HttpFraming : byte
{
    /// <summary>The head was cut off before it told.</summary>
    Unknown = 0,

    /// <summary>Head and a known number of bytes, often 0.</summary>
    Length,
    Chunked,

    /// <summary>Until the connection closes.</summary>
    Close,

    /// <summary>Without end: server-sent events, an upgraded connection.</summary>
    Endless,
}

/// <summary>Where a message's head and body end.</summary>
public struct HttpBody
{
    public static readonly HttpBody Unknown = new() { HeadLength = -1 };

    public HttpFraming Framing;

    /// <summary>Bytes up to and with the empty line; -1 when it was not among those kept.</summary>
    public int HeadLength;

    /// <summary>Bytes of the body for <see cref="HttpFraming.Length"/>.</summary>
    public long BodyLength;

    /// <summary>Bytes of the whole message, or -1 when they are not known from the head.</summary>
    public readonly long MessageLength => Framing == HttpFraming.Length && HeadLength >= 0 ? HeadLength + BodyLength : -1;

    /// <summary>What the head of an answer leaves to the request's method (RFC 9112, section 6.3, 1 and 2).</summary>
    internal void Answers(HttpMethodName method, int status)
    {
        if (method == HttpMethodName.Connect && status is >= 200 and < 300)
        {
            Framing = HttpFraming.Endless;
        }
        else if (method == HttpMethodName.Head && Framing != HttpFraming.Unknown)
        {
            Framing = HttpFraming.Length;
            BodyLength = 0;
        }
    }

    /// <param name="mayHaveIds">False when no line begins like one of the headers that pass an id on.</param>
    internal static HttpBody OfRequest(ReadOnlySpan<byte> bytes, int headersStart, out bool mayHaveIds)
    {
        Fields fields = ReadFields(bytes, headersStart, out int headLength);
        mayHaveIds = fields.MayHaveIds;
        return new HttpBody
        {
            HeadLength = headLength,
            BodyLength = Math.Max(0, fields.ContentLength),
            Framing = fields.Chunked ? HttpFraming.Chunked
                : fields.ContentLength >= 0 || headLength >= 0 ? HttpFraming.Length : HttpFraming.Unknown,
        };
    }

    internal static HttpBody OfResponse(ReadOnlySpan<byte> bytes, int headersStart, int status)
    {
        Fields fields = ReadFields(bytes, headersStart, out int headLength);
        HttpBody body = new() { HeadLength = headLength, BodyLength = Math.Max(0, fields.ContentLength) };
        if (status == 101 || fields.EventStream)
        {
            body.Framing = HttpFraming.Endless;
        }
        else if (status is < 200 or 204 or 304)
        {
            body.Framing = headLength >= 0 ? HttpFraming.Length : HttpFraming.Unknown;
            body.BodyLength = 0;
        }
        else
        {
            body.Framing = fields.Chunked ? HttpFraming.Chunked
                : fields.ContentLength >= 0 ? HttpFraming.Length
                : headLength >= 0 ? HttpFraming.Close : HttpFraming.Unknown;
        }

        return body;
    }

    /// <summary>The end of a chunked body (RFC 9112, section 7.1) at the end of a write.</summary>
    public static bool EndsChunked(ReadOnlySpan<byte> tail) =>
        tail.EndsWith("\n0\r\n\r\n"u8) || tail.SequenceEqual("0\r\n\r\n"u8);

    private static Fields ReadFields(ReadOnlySpan<byte> bytes, int at, out int headLength)
    {
        Fields fields = new() { ContentLength = -1 };
        headLength = -1;
        while (at < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            int end = rest.IndexOf((byte)'\n');
            fields.MayHaveIds |= (rest[0] | 0x20) is 't' or 'x' or 'b';
            if (end < 0)
            {
                break;
            }

            at += end + 1;
            ReadOnlySpan<byte> line = rest[..end];
            if (line.Length <= 1)
            {
                headLength = at;
                break;
            }

            // Only Content-Length, Content-Type and Transfer-Encoding matter: their first letter and their dash choose.
            if (line.Length > 8 && (line[0] | 0x20) is 'c' or 't' && (line[7] == (byte)'-' || line[8] == (byte)'-'))
            {
                fields.Read(line);
            }
        }

        return fields;
    }

    private struct Fields
    {
        /// <summary>A petabyte: more is a lie, and would overflow the positions that it is added to.</summary>
        private const long LongestBody = 1L << 50;

        public long ContentLength;
        public bool Chunked;
        public bool EventStream;

        /// <summary>A line begins with the letter of traceparent, of x-request-id and x-b3-traceid, or of b3.</summary>
        public bool MayHaveIds;

        /// <summary>Of a line longer than 8 bytes; the letter behind "content-" tells which names are worth comparing.</summary>
        public void Read(ReadOnlySpan<byte> line)
        {
            int letter = line[8] | 0x20;
            if (letter == 'l' && Value(line, "content-length:"u8, out ReadOnlySpan<byte> value))
            {
                ContentLength = Utf8Parser.TryParse(value, out long length, out _) && length >= 0 ? Math.Min(length, LongestBody) : -1;
            }
            else if (letter is not ('l' or 't') && Value(line, "transfer-encoding:"u8, out value))
            {
                Chunked = value.Length >= 7 && Ascii.EqualsIgnoreCase(value[^7..], "chunked"u8);
            }
            else if (letter == 't' && Value(line, "content-type:"u8, out value))
            {
                EventStream = value.Length >= 17 && Ascii.EqualsIgnoreCase(value[..17], "text/event-stream"u8);
            }
        }

        private static bool Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
        {
            value = default;
            if (line.Length < name.Length || !Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                return false;
            }

            value = line[name.Length..].Trim(" \t\r"u8);
            return true;
        }
    }
}
