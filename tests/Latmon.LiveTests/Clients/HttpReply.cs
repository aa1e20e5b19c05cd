namespace Latmon.LiveTests.Clients;

/// <param name="Bytes">Everything on the wire: head, framing of chunks and body.</param>
/// <param name="Body">The first kilobytes, as text.</param>
public sealed record HttpReply(int Status, string Head, long Bytes, string Body);
