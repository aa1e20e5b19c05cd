using Latmon.Pipeline.Filtering;

namespace Latmon.Output;

/// <summary>The line on stderr that says that the probes are attached: from here on nothing is missed.</summary>
internal static class WatchingText
{
    public static string Of(TraceFilter filter) =>
        $"latmon: watching {(filter.IsEmpty ? "everything" : filter.ToString())}; Ctrl+C ends";
}
