using Xunit;

namespace Latmon.LiveTests.Product;

/// <summary>A <c>latmon trace</c> that has ended: every line, checked, and the final count.</summary>
public sealed record TraceRun(IReadOnlyList<TraceLine> Traces, FinalCount Count, IReadOnlyList<string> Errors)
{
    public IEnumerable<string> Summaries => Traces.Select(trace => trace.Summary);

    public IEnumerable<string?> Paths => Traces.Select(trace => trace.UrlPath);

    /// <summary>All exchanges, whether they are a line of their own or lie below another.</summary>
    public IEnumerable<TraceLine> Exchanges => Traces.SelectMany(trace => trace.WithCalls());

    public IEnumerable<TraceLine> Calls => Exchanges.Where(exchange => exchange.Role == "client");

    /// <summary>
    /// Lines of one connection come in its order; those of different connections as they are finished, which is when
    /// their acknowledgements come. This is the same run in the order in which the requests began.
    /// </summary>
    public TraceRun ByStart => this with { Traces = [.. Traces.OrderBy(trace => trace.StartUnixNs)] };

    /// <summary>The one trace of a run that must have seen exactly one request.</summary>
    public TraceLine Only => Assert.Single(Traces);
}
