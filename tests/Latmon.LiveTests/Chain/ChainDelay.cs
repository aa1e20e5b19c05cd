using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Xunit;

namespace Latmon.LiveTests.Chain;

/// <summary>
/// The one trace of one request with one statement, and the place that says how exact its times must be. What the clocks of the test
/// and of the application leave open, because both cores are busy with something else, is not latmon's error.
/// </summary>
/// <param name="tookNs">The whole request by the client's clock.</param>
public sealed class ChainDelay(TraceLine nginx, long tookNs)
{
    public static readonly long ErrorNs = Emulation.Allow(2_000_000);

    public TraceLine Application { get; } = Assert.Single(Assert.Single(nginx.Children).Children);

    public TraceLine Statement => Assert.Single(Application.Children);

    public TraceLine Backend => Assert.Single(Statement.Children);

    /// <summary>The delay is in this layer of this exchange itself, and no other one of the trace has more than is left of the whole.</summary>
    public void Check(TraceLine exchange, string layer, long shortestNs, long longestNs)
    {
        Assert.InRange(Own(exchange.Layers.Single(entry => entry.Layer == layer)), shortestNs - ErrorNs, longestNs + ErrorNs);
        foreach (TraceLine other in nginx.WithCalls())
        {
            foreach (LayerLine entry in other.Layers.Where(entry => entry.Layer != layer || other.Id != exchange.Id))
            {
                Assert.True(
                    Own(entry) <= ErrorNs + Math.Max(0, tookNs - shortestNs),
                    $"{other.Name}: {entry.Layer} itself has {Own(entry)} ns of a delay that belongs to {layer} of {exchange.Name}\nin {nginx}");
            }
        }
    }

    public static void CheckSpan(TraceLine exchange, string name, long shortestNs, long longestNs)
    {
        SpanLine span = exchange.Spans.Single(span => span.Name == name);
        Assert.InRange(span.DurationNs, shortestNs - ErrorNs, longestNs + ErrorNs);
        Assert.InRange(span.OffsetNs, 0, exchange.DurationNs - span.DurationNs);
    }

    private static long Own(LayerLine layer) => layer.SelfNs ?? layer.DurationNs ?? 0;
}
