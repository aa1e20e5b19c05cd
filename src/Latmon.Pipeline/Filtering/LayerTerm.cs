using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Filtering;

/// <summary>
/// A least time in one layer (<c>app&gt;20ms</c>), in the calls of databases (<c>db&gt;20ms</c>) or waiting for a CPU
/// (<c>cpu.wait&gt;5ms</c>).
/// </summary>
public readonly record struct LayerTerm(string Name, long MinNs)
{
    public const string Database = "db";
    public const string CpuWait = "cpu.wait";

    /// <summary>All names that a term accepts.</summary>
    public static IEnumerable<string> Names =>
        Enumerable.Range(0, Pipeline.Layers.Count).Select(layer => ((Layer)layer).Id()).Append(Database).Append(CpuWait);

    public static bool TryParse(string text, out LayerTerm term, out string error)
    {
        term = default;
        int at = text.IndexOf('>', StringComparison.Ordinal);
        string name = at < 0 ? text : text[..at];
        if (!Names.Contains(name))
        {
            error = $"\"{name}\" is not a layer; use {string.Join(", ", Names)}";
            return false;
        }

        if (at < 0 || !DurationText.TryParse(text[(at + 1)..], out long ns))
        {
            error = $"a layer filter needs a least time, such as layer:{name}>20ms";
            return false;
        }

        term = new LayerTerm(name, ns);
        error = "";
        return true;
    }

    /// <summary>A layer that was not measured does not pass: it is not known to be long enough.</summary>
    public bool Matches(Trace trace) => Name switch
    {
        Database => DatabaseCalls.Of(trace).Sum(call => call.DurationNs) >= MinNs,
        CpuWait => trace.Cpu is { } cpu && cpu.RunnableNs >= MinNs,
        _ => InLayer(trace) >= MinNs,
    };

    public override string ToString() => $"layer:{Name}>{LatencyText.Format(MinNs)}";

    private long InLayer(Trace trace)
    {
        if (!Pipeline.Layers.TryParse(Name, out Layer wanted))
        {
            return 0;
        }

        return wanted == Layer.NetEgress
            ? trace.DeliveredNs ?? 0
            : trace.Layers.Where(time => time.Layer == wanted).Sum(time => time.DurationNs ?? 0);
    }
}
