using Latmon.Pipeline.Filtering;

namespace Latmon.Capture;

public static class NetworkNamespaceTerm
{
    /// <summary>Looks up the number of the filter's network namespace; throws <see cref="CaptureException"/> when there is none.</summary>
    public static TraceFilter WithNetnsInode(this TraceFilter filter) =>
        filter with { NetnsInode = filter.Netns is null ? 0 : NetworkNamespace.Resolve(filter.Netns) };
}
