using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Traces;

/// <summary>What numbers in exchanges stand for, looked up when a trace is shown.</summary>
/// <param name="Spans">By the number of the probe.</param>
/// <param name="ContainerOf">
/// The id of the container in which a process runs, or null when it is in none, or unknown. Asked from the threads that print and
/// that draw.
/// </param>
public sealed record TraceNames(SpanNames Spans, Func<int, string?> ContainerOf)
{
    public static readonly TraceNames None = new(SpanNames.None, _ => null);
}
