using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;

namespace Latmon.Tui.State;

/// <summary>Every request that a snapshot holds, each once. Made on demand and remembered for the last snapshot asked for.</summary>
internal sealed class KeptTraces
{
    private Snapshot? _of;
    private Trace[] _traces = [];

    public IReadOnlyList<Trace> Of(Snapshot snapshot)
    {
        if (!ReferenceEquals(snapshot, _of))
        {
            HashSet<string> seen = [];
            IEnumerable<Trace> all = snapshot.Slowest.Concat(snapshot.Latest)
                .Concat(snapshot.Seconds.SelectMany(second => second.Kept));
            _traces = [.. all.Where(trace => seen.Add(trace.Id))];
            _of = snapshot;
        }

        return _traces;
    }
}
