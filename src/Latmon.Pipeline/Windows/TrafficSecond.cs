using System.Collections.Immutable;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Windows;

/// <summary>One closed second of finished exchanges: never changed any more, so every later snapshot shares it.</summary>
/// <param name="StartUnixNs">CLOCK_REALTIME of its beginning.</param>
/// <param name="Counts">All exchanges that ended in it, indexed by <see cref="DurationBuckets"/>.</param>
/// <param name="Kept">A few of them: of each route the slowest and one taken at random.</param>
public sealed record TrafficSecond(long StartUnixNs, ImmutableArray<int> Counts, ImmutableArray<Trace> Kept)
{
    public const long LengthNs = Window.LengthNs;
}
