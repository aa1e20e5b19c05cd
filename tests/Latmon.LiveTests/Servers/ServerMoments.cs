namespace Latmon.LiveTests.Servers;

/// <summary>When the server really entered and left the calls that bound the layers of one exchange.</summary>
public sealed record ServerMoments
{
    public required string Path { get; init; }

    public long LastReadEntered { get; init; }

    public long LastReadReturned { get; init; }

    public long FirstWriteEntered { get; init; }

    public long FirstWriteReturned { get; init; }

    public long LastWriteEntered { get; init; }

    public long LastWriteReturned { get; init; }
}
