using System.Collections.Immutable;

namespace Latmon.Capture;

/// <summary>
/// Something that happens to a request and must be seen to know where its time goes.
/// </summary>
/// <param name="Title">In the user's words.</param>
/// <param name="Candidates">Programs that see it, the best first; a build that has none of them needs none.</param>
/// <param name="Without">What is missing when none can be attached; null when nothing works then.</param>
/// <param name="Remedy">What would make it seen.</param>
/// <param name="ElsewhereCovered">
/// Why a kernel that does not have the hook at all misses nothing; null when that means that it is not seen.
/// </param>
public sealed record Boundary(
    BoundaryId Id,
    string Title,
    ImmutableArray<string> Candidates,
    string? Without,
    string Remedy,
    string? ElsewhereCovered = null)
{
    public bool IsRequired => Without is null;
}

public enum BoundaryId
{
    Segment,
    Readable,
    Accept,
    Read,
    RequestHead,
    Write,
    WritePages,
    Transmit,
    Retransmit,
    State,
    End,
    UnixRead,
    UnixAccept,
    UnixEnd,
}
