using Xunit;

namespace Latmon.LiveTests.Product;

/// <summary>What must hold in every trace of every situation; applied to each line that any test receives.</summary>
public sealed class TraceInvariants(long earliestUnixNs, long latestUnixNs)
{
    /// <summary>The conversion from the kernel's monotonic stamps to wall-clock time is sampled, not exact.</summary>
    public const long ClockToleranceNs = 5_000_000;

    private static readonly string[] ServerOrder =
    [
        "net.ingress", "tcp.rx", "accept.wait", "request.upload", "sock.wait", "app", "response.write", "tcp.tx", "unattributed",
    ];

    private static readonly string[] ClientOrder =
        ["request.write", "tcp.tx", "remote", "response.download", "sock.wait", "unattributed"];

    private readonly HashSet<string> _ids = [];

    public void Check(TraceLine trace)
    {
        try
        {
            Assert.Equal(1, trace.Schema);
            foreach (TraceLine exchange in trace.WithCalls())
            {
                CheckIdentity(exchange);
                CheckTimes(exchange);
                CheckLayers(exchange);
                CheckCpu(exchange);
                CheckChildren(exchange);
            }
        }
        catch (Xunit.Sdk.XunitException e)
        {
            throw new InvariantException($"{e.Message}\nin {trace.Text}", e);
        }
    }

    private void CheckIdentity(TraceLine trace)
    {
        Assert.Matches("^[0-9a-f]{16}$", trace.Id);
        Assert.True(_ids.Add(trace.Id), $"The id {trace.Id} was used before.");
        Assert.Contains(trace.Role, new[] { "server", "client" });
        Assert.Contains(trace.Family, new[] { "ipv4", "ipv6", "unix" });
        Assert.NotEmpty(trace.Name);
        Assert.True(trace.RequestBytes >= 0 && trace.ResponseBytes >= 0, "A number of bytes is negative.");
        Assert.True(trace.Complete || trace.Notes.Count > 0, "An incomplete trace says what is missing.");
    }

    private void CheckTimes(TraceLine trace)
    {
        Assert.InRange(trace.StartUnixNs, earliestUnixNs - ClockToleranceNs, latestUnixNs + ClockToleranceNs);
        Assert.InRange(trace.DurationNs, 0, latestUnixNs - earliestUnixNs + (2 * ClockToleranceNs));
        Assert.True(trace.DeliveredNs is null or >= 0, "The delivery is negative.");
    }

    private static void CheckLayers(TraceLine trace)
    {
        Assert.NotEmpty(trace.Layers);
        string[] order = trace.Role == "client" ? ClientOrder : ServerOrder;
        int before = -1;
        foreach (LayerLine layer in trace.Layers)
        {
            int position = Array.IndexOf(order, layer.Layer);
            Assert.True(position > before, $"{layer.Layer} is unknown, repeated or out of order.");
            Assert.Contains(layer.Evidence, new[] { "measured", "inferred", "unavailable" });
            Assert.True(layer.DurationNs is null == (layer.Evidence == "unavailable"), $"{layer.Layer}: null means unavailable.");
            Assert.InRange(layer.DurationNs ?? 0, 0, trace.DurationNs);
            before = position;
        }

        Assert.Equal(trace.DurationNs, trace.Layers.Sum(layer => layer.DurationNs ?? 0));
        CheckOffsets(trace);
    }

    /// <summary>
    /// The layers cover the whole without gap or overlap. What is unattributed comes last in the list and lies where the
    /// gap was; the others lie in the order of the list.
    /// </summary>
    private static void CheckOffsets(TraceLine trace)
    {
        IEnumerable<LayerLine> attributed = trace.Layers.Where(layer => layer.Layer != "unattributed");
        Assert.Equal(attributed.OrderBy(layer => layer.OffsetNs), attributed);
        long end = 0;
        foreach (LayerLine layer in trace.Layers.OrderBy(layer => layer.OffsetNs).ThenBy(layer => layer.DurationNs ?? 0))
        {
            Assert.Equal(end, layer.OffsetNs);
            end += layer.DurationNs ?? 0;
        }
    }

    private static void CheckChildren(TraceLine trace)
    {
        foreach (TraceLine child in trace.Children)
        {
            Assert.NotEqual(trace.Role, child.Role);
            Assert.NotEqual("none", child.Attribution.Split(' ')[0]);
            Assert.True(
                (child.StartUnixNs >= trace.StartUnixNs && child.EndUnixNs <= trace.EndUnixNs) || child.Notes.Contains("not inside its parent"),
                $"{child.Name} is not inside its parent and does not say so.");
        }

        Assert.All(trace.Layers, layer => Assert.InRange(layer.SelfNs ?? 0, 0, layer.DurationNs ?? 0));
    }

    private static void CheckCpu(TraceLine trace)
    {
        if (trace.Cpu is { } cpu)
        {
            Assert.InRange(cpu.OnCpuNs, 0, trace.DurationNs);
            Assert.InRange(cpu.RunnableNs, 0, trace.DurationNs);
            Assert.InRange(cpu.BlockedNs, 0, trace.DurationNs);
            Assert.InRange(cpu.OnCpuNs + cpu.RunnableNs + cpu.BlockedNs, 0, trace.DurationNs);
        }
    }
}
