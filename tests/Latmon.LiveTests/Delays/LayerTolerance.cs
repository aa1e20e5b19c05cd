using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Xunit;

namespace Latmon.LiveTests.Delays;

/// <summary>
/// The one place that says how exact a layer must be. Injected delays are compared with a <see cref="TimeBracket"/>, so
/// the time that a thread waited for one of two busy cores is already inside the bounds, and 1 ms is latmon's own
/// error. The other layers have no bracket: each may hold 5 ms (a few time slices of a noisy machine), or, when the
/// test's own clock shows that more than that really passed outside the delay, that much.
/// </summary>
public static class LayerTolerance
{
    private static readonly long ErrorNs = Emulation.Allow(1_000_000);
    private static readonly long ElsewhereNs = Emulation.Allow(5_000_000);

    /// <param name="rest">A layer that takes over where the first one ends: the truth is about both together.</param>
    public static void Check(TraceLine trace, string layer, TimeBracket truth, ClientMoments client, string? rest = null)
    {
        long measured = trace.LayerNs(layer) + (rest is null ? 0 : trace.LayerNs(rest));
        Assert.True(
            measured >= truth.ShortestNs - ErrorNs && measured <= truth.LongestNs + ErrorNs,
            $"{layer} is {measured} ns and was really {truth.ShortestNs} to {truth.LongestNs} ns\nin {trace}");
        long elsewhere = Math.Max(ElsewhereNs, client.WholeNs - truth.ShortestNs + ErrorNs);
        foreach (LayerLine other in trace.Layers.Where(other => other.Layer != layer && other.Layer != rest))
        {
            Assert.True(
                (other.DurationNs ?? 0) <= elsewhere,
                $"{other.Layer} holds {other.DurationNs} ns of a delay that belongs to {layer}\nin {trace}");
        }
    }
}
