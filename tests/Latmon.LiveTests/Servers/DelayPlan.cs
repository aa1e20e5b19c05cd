namespace Latmon.LiveTests.Servers;

/// <summary>Where a <see cref="DelayServer"/> waits, and what it answers.</summary>
public sealed record DelayPlan
{
    public static readonly DelayPlan None = new();

    public TimeSpan BeforeAccept { get; init; }

    public TimeSpan BeforeRead { get; init; }

    public TimeSpan BeforeAnswer { get; init; }

    /// <summary>Between the two writes of the answer; with zero there is one write.</summary>
    public TimeSpan InTheBody { get; init; }

    public int BodyBytes { get; init; } = 64;

    /// <summary>Small, so that one write of a large body blocks until the client reads.</summary>
    public int? SendBufferBytes { get; init; }

    /// <summary>False: reads requests and never answers.</summary>
    public bool Answers { get; init; } = true;
}
