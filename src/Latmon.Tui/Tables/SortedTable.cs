using Latmon.Tui.Drawing;
using Latmon.Tui.State;

namespace Latmon.Tui.Tables;

/// <summary>
/// Rows in the chosen order, with a selection that belongs to a row and not to a line: when the list is sorted anew under
/// the cursor, the cursor goes with its row. Until the user has moved it, it stays on the first line.
/// </summary>
internal sealed class SortedTable<T>(Func<T, string> key) : ITable
    where T : class
{
    private bool _held;
    private T[] _source = [];
    private Column<T>[] _columns = [];
    private string _search = "";

    public IReadOnlyList<ColumnShape> Columns => _columns;

    public IReadOnlyList<T> Rows { get; private set; } = [];

    public int Count => Rows.Count;

    public int Available => _source.Length;

    public ListCursor Cursor { get; } = new();

    public int SortIndex { get; private set; }

    public bool Reversed { get; private set; }

    public T? Selected { get; private set; }

    public string Search
    {
        get => _search;
        set
        {
            _search = value;
            Sort();
        }
    }

    public void Show(IEnumerable<T> rows, Column<T>[] columns, Func<T, bool> stays)
    {
        _source = [.. rows];
        _columns = columns;
        SortIndex = Math.Min(SortIndex, columns.Length - 1);
        if (_held && Selected is { } kept && Array.TrueForAll(_source, row => key(row) != key(kept)))
        {
            // It has left the snapshot, but the user is looking at it.
            _source = stays(kept) ? [.. _source, kept] : _source;
        }

        Sort();
    }

    public string Key(int row) => key(Rows[row]);

    public string Text(int row, int column, long nowUnixNs) => _columns[column].Text(Rows[row], nowUnixNs);

    public Ink Ink(int row, int column) => _columns[column].Ink(Rows[row]);

    public void Move(Action<ListCursor> how)
    {
        how(Cursor);
        _held = true;
        Selected = At(Cursor.Index);
    }

    public void Release()
    {
        _held = false;
        Sort();
    }

    public void SortBy(int index)
    {
        SortIndex = (index + _columns.Length) % _columns.Length;
        Reversed = false;
        Sort();
    }

    public void Reverse()
    {
        Reversed = !Reversed;
        Sort();
    }

    private void Sort()
    {
        if (_columns.Length == 0)
        {
            return;
        }

        Comparison<T> order = _columns[SortIndex].Order;
        Comparer<T> comparer = Comparer<T>.Create(Reversed ? (a, b) => order(b, a) : order);
        T[] sorted = [.. _source.Where(Matches).Order(comparer)];
        Rows = sorted;
        int found = _held && Selected is { } kept ? Array.FindIndex(sorted, row => key(row) == key(kept)) : 0;
        Cursor.Follow(found >= 0 ? found : Cursor.Index, sorted.Length);
        _held &= found >= 0;
        Selected = At(Cursor.Index);
    }

    private bool Matches(T row) => _search.Length == 0
        || Array.Exists(_columns, column => column.Text(row, 0).Contains(_search, StringComparison.OrdinalIgnoreCase));

    private T? At(int index) => index < Rows.Count ? Rows[index] : null;
}
