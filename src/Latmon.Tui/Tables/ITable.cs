using Latmon.Tui.Drawing;
using Latmon.Tui.State;

namespace Latmon.Tui.Tables;

/// <summary>A sorted list as the list pane and the keys see it: the same for every kind of row.</summary>
internal interface ITable
{
    int Count { get; }

    /// <summary>Rows before the search text was applied.</summary>
    int Available { get; }

    ListCursor Cursor { get; }

    IReadOnlyList<ColumnShape> Columns { get; }

    int SortIndex { get; }

    bool Reversed { get; }

    /// <summary>Only rows that show this text in some column, upper and lower case alike; empty shows all.</summary>
    string Search { get; set; }

    /// <summary>Identifies the row as long as the list lives.</summary>
    string Key(int row);

    string Text(int row, int column, long nowUnixNs);

    Ink Ink(int row, int column);

    void Move(Action<ListCursor> how);

    void SortBy(int index);

    void Reverse();

    /// <summary>The cursor goes back to the first line and stays there until it is moved.</summary>
    void Release();
}
