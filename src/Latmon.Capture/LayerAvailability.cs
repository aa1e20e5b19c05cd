using System.Collections.Immutable;
using Latmon.Pipeline;

namespace Latmon.Capture;

/// <summary>How a layer is known on this kernel, and why not better; the reason is empty when it is measured.</summary>
public sealed record LayerAvailability(Layer Layer, Evidence Evidence, string Reason)
{
    /// <summary>A layer is measured when the boundaries at its beginning and its end are seen.</summary>
    public static ImmutableArray<LayerAvailability> Of(ImmutableArray<HookChoice> hooks, bool receiveStamps) =>
    [
        new(Layer.NetIngress, receiveStamps ? Evidence.Measured : Evidence.Unavailable,
            receiveStamps ? "" : "stamps on received packets would cost too much with this clock source"),
        Between(Layer.TcpRx, hooks, BoundaryId.Segment, BoundaryId.Readable),
        Between(Layer.AcceptWait, hooks, BoundaryId.Readable, BoundaryId.Accept),
        Between(Layer.RequestUpload, hooks, BoundaryId.Readable),
        SocketWait(hooks),
        Between(Layer.App, hooks, BoundaryId.Read, BoundaryId.Write),
        Between(Layer.ResponseWrite, hooks, BoundaryId.Write, BoundaryId.WritePages),
        Between(Layer.TcpTx, hooks, BoundaryId.Write, BoundaryId.Transmit),
        Between(Layer.NetEgress, hooks, BoundaryId.Transmit, BoundaryId.Segment),
        Between(Layer.RequestWrite, hooks, BoundaryId.Write, BoundaryId.WritePages),
        Between(Layer.Remote, hooks, BoundaryId.Transmit, BoundaryId.Segment),
        Between(Layer.ResponseDownload, hooks, BoundaryId.Segment, BoundaryId.Readable),
    ];

    private static LayerAvailability Between(Layer layer, ImmutableArray<HookChoice> hooks, params BoundaryId[] boundaries)
    {
        HookChoice? missed = hooks.FirstOrDefault(hook => hook.IsMissed && boundaries.Contains(hook.Boundary.Id));
        return missed is null
            ? new LayerAvailability(layer, Evidence.Measured, "")
            : new LayerAvailability(layer, Evidence.Unavailable, $"not seen when {missed.Boundary.Title}: {missed.Reason}");
    }

    private static LayerAvailability SocketWait(ImmutableArray<HookChoice> hooks)
    {
        LayerAvailability wait = Between(Layer.SockWait, hooks, BoundaryId.Readable, BoundaryId.Read);
        bool holdsAcceptQueue = hooks.Any(hook => hook.IsMissed && hook.Boundary.Id == BoundaryId.Accept);
        return wait.Evidence == Evidence.Measured && holdsAcceptQueue
            ? wait with { Reason = "of the first request on a connection inferred: it holds the accept queue" }
            : wait;
    }
}
