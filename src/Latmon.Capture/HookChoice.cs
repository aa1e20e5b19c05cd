namespace Latmon.Capture;

/// <summary>Which hook sees a boundary on this kernel, or why none does.</summary>
/// <param name="Hook">Null when there is none.</param>
/// <param name="Reason">Of candidates that were passed over, why; empty when the first was taken.</param>
/// <param name="IsMissed">True when the boundary is there and cannot be seen.</param>
public sealed record HookChoice(Boundary Boundary, Hook? Hook, string Reason, bool IsMissed);
