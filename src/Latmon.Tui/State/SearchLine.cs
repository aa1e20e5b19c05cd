using Latmon.Tui.Tables;

namespace Latmon.Tui.State;

/// <summary>The text that rows of the list must show, while it is typed; it takes effect letter by letter.</summary>
internal sealed class SearchLine
{
    private ITable? _table;

    public SearchLine()
    {
        Editor = new LineEditor(OnChanged);
    }

    public LineEditor Editor { get; }

    public bool IsOpen { get; private set; }

    public void Open(ITable table)
    {
        _table = table;
        IsOpen = true;
        Editor.Set(table.Search);
    }

    public void Close() => IsOpen = false;

    private void OnChanged()
    {
        if (_table is not null)
        {
            _table.Search = Editor.Text.Trim();
        }
    }
}
