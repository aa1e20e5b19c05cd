using System.Diagnostics;

namespace Latmon.Pipeline.Assembling;

/// <summary>How long after its end an exchange is held, the shortest first.</summary>
internal enum Patience : byte
{
    /// <summary>For its other end, and what happened meanwhile.</summary>
    Hold,

    /// <summary>A call, for a sign that its process serves, where the kernel did not know.</summary>
    Unknown,

    /// <summary>A request of an event loop whose requests take long, for those that were read before it was answered.</summary>
    Line,

    /// <summary>A call, for its request, which may take long.</summary>
    Request,
}

internal static class PatienceExtensions
{
    /// <summary>The shortest covers the peer's delayed acknowledgement, with which a server's record comes (40 ms on Linux), and the drain.</summary>
    public static long Ns(this Patience patience) => patience switch
    {
        Patience.Hold => 200_000_000,
        Patience.Unknown => 500_000_000,
        Patience.Line => 1_000_000_000,
        Patience.Request => 10_000_000_000,
        _ => throw new UnreachableException(),
    };
}
