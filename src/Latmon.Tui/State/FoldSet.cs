namespace Latmon.Tui.State;

/// <summary>Which lines of a waterfall the user has opened or closed; the others are as they come.</summary>
internal sealed class FoldSet
{
    private readonly Dictionary<string, bool> _chosen = [];

    public bool IsOpen(string key, bool asItComes) => _chosen.GetValueOrDefault(key, asItComes);

    public void Set(string key, bool open) => _chosen[key] = open;

    public void Clear() => _chosen.Clear();
}
