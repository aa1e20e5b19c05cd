namespace Latmon.Pipeline;

/// <summary>From which end of the connection an exchange was seen: the one that read the request, or the one that wrote it.</summary>
public enum Role : byte
{
    Server = 0,
    Client = 1,
}
