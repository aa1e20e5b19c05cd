using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>What holds for every trace, at every level (design, section 6, 1).</summary>
internal static class TraceRules
{
    public static void Check(ExchangeBatch batch)
    {
        for (int at = 0; at < batch.Count; at += batch.Items[at].Descendants + 1)
        {
            Assert.Equal(0, batch.Items[at].Depth);
            Check(TraceBuilder.Build(batch.Trace(at), TraceNames.None));
        }
    }

    public static void Check(Trace trace)
    {
        Assert.Equal(trace.DurationNs, trace.Layers.Sum(layer => layer.DurationNs ?? 0));
        foreach (LayerTime layer in trace.Layers)
        {
            Assert.InRange(layer.DurationNs ?? 0, 0, trace.DurationNs);
            Assert.InRange(layer.SelfNs ?? 0, 0, layer.DurationNs ?? 0);
        }

        foreach (Trace child in trace.Children)
        {
            bool isInside = child.StartUnixNs >= trace.StartUnixNs
                && child.StartUnixNs + child.DurationNs <= trace.StartUnixNs + trace.DurationNs;
            Assert.True(isInside || child.Notes.Contains("not inside its parent"));
            Assert.NotEqual(trace.Role, child.Role);
            Check(child);
        }

        if (trace.Role == Role.Server && trace.Layers.FirstOrDefault(layer => layer.Layer == Layer.App) is { SelfNs: { } self } app)
        {
            Assert.Equal(app.DurationNs - Union(trace, app), self);
        }
    }

    /// <summary>By the slow way: every nanosecond boundary is asked whether a child covers what follows it.</summary>
    private static long Union(Trace trace, in LayerTime app)
    {
        long from = trace.StartUnixNs + app.OffsetNs;
        long to = from + app.DurationNs!.Value;
        List<(long From, long To)> children =
        [
            .. trace.Children.Select(child =>
                (Math.Clamp(child.StartUnixNs, from, to), Math.Clamp(child.StartUnixNs + child.DurationNs, from, to))),
        ];
        List<long> bounds = [.. children.SelectMany(child => new[] { child.From, child.To }).Distinct().Order()];
        long sum = 0;
        for (int i = 1; i < bounds.Count; i++)
        {
            bool covered = children.Exists(child => child.From <= bounds[i - 1] && child.To >= bounds[i]);
            sum += covered ? bounds[i] - bounds[i - 1] : 0;
        }

        return sum;
    }
}
