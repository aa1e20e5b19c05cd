namespace Latmon.Pipeline.Protocols;

/// <summary>RFC 9110, section 9, and PATCH (RFC 5789). Others are <c>_OTHER</c>, as OpenTelemetry prescribes.</summary>
public enum HttpMethodName : byte
{
    None = 0,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Connect,
    Options,
    Trace,
    Patch,
    Other,
}

public static class HttpMethods
{
    private static readonly string[] Names =
        ["", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "_OTHER"];

    private static readonly byte[][] Utf8Names = [.. Names.Select(System.Text.Encoding.UTF8.GetBytes)];

    public static string Text(this HttpMethodName method) => Names[(int)method];

    public static ReadOnlySpan<byte> Utf8Text(this HttpMethodName method) => Utf8Names[(int)method];

    public static HttpMethodName Parse(ReadOnlySpan<byte> token) => token.Length switch
    {
        3 => token.SequenceEqual("GET"u8) ? HttpMethodName.Get
            : token.SequenceEqual("PUT"u8) ? HttpMethodName.Put : HttpMethodName.Other,
        4 => token.SequenceEqual("POST"u8) ? HttpMethodName.Post
            : token.SequenceEqual("HEAD"u8) ? HttpMethodName.Head : HttpMethodName.Other,
        5 => token.SequenceEqual("PATCH"u8) ? HttpMethodName.Patch
            : token.SequenceEqual("TRACE"u8) ? HttpMethodName.Trace : HttpMethodName.Other,
        6 => token.SequenceEqual("DELETE"u8) ? HttpMethodName.Delete : HttpMethodName.Other,
        7 => token.SequenceEqual("OPTIONS"u8) ? HttpMethodName.Options
            : token.SequenceEqual("CONNECT"u8) ? HttpMethodName.Connect : HttpMethodName.Other,
        _ => HttpMethodName.Other,
    };
}
