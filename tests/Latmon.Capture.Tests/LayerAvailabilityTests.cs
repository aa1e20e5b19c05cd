using System.Collections.Immutable;
using Latmon.Pipeline;

namespace Latmon.Capture.Tests;

/// <summary>A boundary that nobody sees makes the layers on both its sides unavailable, with the reason, and no other.</summary>
public sealed class LayerAvailabilityTests
{
    [Theory]
    [InlineData(BoundaryId.Readable, new[] { Layer.TcpRx, Layer.AcceptWait, Layer.RequestUpload, Layer.SockWait, Layer.ResponseDownload })]
    [InlineData(BoundaryId.Accept, new[] { Layer.AcceptWait })]
    [InlineData(BoundaryId.Write, new[] { Layer.App, Layer.ResponseWrite, Layer.TcpTx, Layer.RequestWrite })]
    [InlineData(BoundaryId.Transmit, new[] { Layer.TcpTx, Layer.NetEgress, Layer.Remote })]
    [InlineData(BoundaryId.RequestHead, new Layer[0])]
    public void Only_the_layers_beside_a_missed_boundary_are_unavailable(BoundaryId missed, Layer[] unavailable)
    {
        ImmutableArray<LayerAvailability> layers = LayerAvailability.Of(Hooks(missed), receiveStamps: true);
        Assert.Equal(unavailable, layers.Where(layer => layer.Evidence == Evidence.Unavailable).Select(layer => layer.Layer));
        Assert.All(
            layers.Where(layer => layer.Evidence == Evidence.Unavailable),
            layer => Assert.Contains("no such hook", layer.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_receive_stamps_only_the_network_is_unavailable()
    {
        ImmutableArray<LayerAvailability> layers = LayerAvailability.Of(Hooks(missed: null), receiveStamps: false);
        Assert.Equal(Layer.NetIngress, Assert.Single(layers, layer => layer.Evidence != Evidence.Measured).Layer);
    }

    [Fact]
    public void Without_accept_the_socket_wait_says_that_it_holds_it()
    {
        LayerAvailability wait = LayerAvailability.Of(Hooks(BoundaryId.Accept), receiveStamps: true)
            .Single(layer => layer.Layer == Layer.SockWait);
        Assert.Equal(Evidence.Measured, wait.Evidence);
        Assert.Contains("accept queue", wait.Reason, StringComparison.Ordinal);
    }

    private static ImmutableArray<HookChoice> Hooks(BoundaryId? missed) =>
    [
        .. HookTable.Boundaries.Select(boundary => boundary.Id == missed
            ? new HookChoice(boundary, null, "no such hook", IsMissed: true)
            : new HookChoice(boundary, new Hook("program", HookKind.Tracepoint, "target"), "", IsMissed: false)),
    ];
}
