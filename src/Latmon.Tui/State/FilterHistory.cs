namespace Latmon.Tui.State;

/// <summary>Filters that were applied, newest last; the arrow keys go through them as in a shell.</summary>
internal sealed class FilterHistory
{
    private const int Longest = 50;

    private readonly List<string> _lines = [];
    private string _typed = "";
    private int _at;

    public void Begin() => _at = _lines.Count;

    public void Add(string line)
    {
        _lines.Remove(line);
        if (line.Length > 0)
        {
            _lines.Add(line);
        }

        if (_lines.Count > Longest)
        {
            _lines.RemoveAt(0);
        }

        Begin();
    }

    /// <param name="current">What stands in the line now; it comes back after the newest one.</param>
    public string Move(int step, string current)
    {
        _typed = _at == _lines.Count ? current : _typed;
        _at = Math.Clamp(_at + step, 0, _lines.Count);
        return _at == _lines.Count ? _typed : _lines[_at];
    }
}
