using Xunit;

namespace Latmon.LiveTests.Product;

/// <summary>A <c>latmon trace</c> that has ended: every line, checked, and the final count.</summary>
public sealed record TraceRun(IReadOnlyList<TraceLine> Traces, FinalCount Count, IReadOnlyList<string> Errors)
{
    public IEnumerable<string> Summaries => Traces.Select(trace => trace.Summary);

    public IEnumerable<string?> Paths => Traces.Select(trace => trace.UrlPath);

    /// <summary>The one trace of a run that must have seen exactly one request.</summary>
    public TraceLine Only => Assert.Single(Traces);
}
