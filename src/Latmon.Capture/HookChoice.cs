using System.Collections.Immutable;

namespace Latmon.Capture;

/// <summary>Which hook sees a boundary on this kernel, or why none does.</summary>
/// <param name="Hook">Null when there is none.</param>
/// <param name="Reason">Of candidates that were passed over, why; empty when the first was taken.</param>
/// <param name="IsMissed">True when the boundary is there and cannot be seen.</param>
public sealed record HookChoice(Boundary Boundary, Hook? Hook, string Reason, bool IsMissed)
{
    /// <summary>Programs on the same hook that do what those before them are left out for; empty where none is.</summary>
    public ImmutableArray<Hook> StandIns { get; init; } = [];

    /// <summary>
    /// In the order in which they are attached, so that the stand-ins come behind: a tracepoint runs the oldest program first, a
    /// function the newest (<c>bpf_trampoline_link_prog</c>).
    /// </summary>
    public IEnumerable<Hook> Hooks => Hook switch
    {
        null => [],
        { Kind: HookKind.Tracepoint } => [Hook, .. StandIns],
        _ => [.. StandIns.Reverse(), Hook],
    };
}
