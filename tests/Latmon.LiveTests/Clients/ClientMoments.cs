namespace Latmon.LiveTests.Clients;

/// <summary>When the client really entered and left the calls of one exchange.</summary>
public sealed record ClientMoments
{
    public long FirstSendEntered { get; init; }

    public long FirstSendReturned { get; init; }

    public long LastSendEntered { get; init; }

    public long LastSendReturned { get; init; }

    /// <summary>Before the first read of the reply.</summary>
    public long ReadStarted { get; init; }

    /// <summary>The reply was seen waiting in the socket; only a late reader looks.</summary>
    public long ReplySeen { get; init; }

    public long LastByteReceived { get; init; }

    public long WholeNs => LastByteReceived - FirstSendEntered;
}
