using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tables;

namespace Latmon.Tui.Views;

/// <summary>
/// The list in the middle: single requests, or routes and services, one line each.
/// <code>
/// ─ ▸ Slowest requests (20) ─────────────────────
/// duration▼ st  request        most time in        age
///   120ms  200  GET /checkout  93% 60x SELECT t     3s
/// </code>
/// </summary>
internal sealed class ListView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    protected override void Paint(Canvas canvas)
    {
        PaintTitle(canvas, TitleText(), State.Focus == Pane.Requests);
        if (State.ShowsGroups)
        {
            PaintTable(canvas, State.Groups);
        }
        else
        {
            PaintTable(canvas, State.Requests);
        }
    }

    private string TitleText()
    {
        int count = State.ShowsGroups ? State.Groups.Rows.Count : State.Requests.Rows.Count;
        string scope = State.Scope is { } group && !State.ShowsGroups ? $" of {group.Key}" : "";
        string what = State.Kind switch
        {
            ListKind.Slowest => "Slowest requests",
            ListKind.Latest => "Latest requests",
            ListKind.Routes => "Routes",
            _ => "Services",
        };
        return $"{what}{scope} ({count})";
    }

    private void PaintTable<T>(Canvas canvas, SortedTable<T> table)
        where T : class
    {
        int page = Math.Max(0, canvas.Height - 2);
        table.Cursor.Resize(table.Rows.Count, page);
        if (table.Rows.Count == 0)
        {
            PaintEmpty(canvas);
            return;
        }

        (int Column, int Width)[] fit = ColumnFit.Fit(table.Columns, canvas.Width - 1);
        PaintHeadings(canvas, table, fit);
        for (int line = 0; line < page && table.Cursor.Top + line < table.Rows.Count; line++)
        {
            int index = table.Cursor.Top + line;
            PaintRow(canvas, table, fit, line + 2, index);
        }
    }

    private static void PaintHeadings<T>(Canvas canvas, SortedTable<T> table, (int Column, int Width)[] fit)
        where T : class
    {
        int x = 1;
        foreach ((int index, int width) in fit)
        {
            Column<T> column = table.Columns[index];
            bool sorted = index == table.SortIndex;
            string mark = !sorted ? "" : (table.Reversed ? canvas.Glyphs.Ascending : canvas.Glyphs.Descending).ToString();
            string title = column.Title[..Math.Clamp(width - mark.Length, 0, column.Title.Length)] + mark;
            Ink ink = sorted ? Ink.Strong : Ink.Heading;
            if (column.RightAligned)
            {
                canvas.Right(x, 1, title, ink, width);
            }
            else
            {
                canvas.Text(x, 1, title, ink, width);
            }

            x += width + 1;
        }
    }

    private void PaintRow<T>(Canvas canvas, SortedTable<T> table, (int Column, int Width)[] fit, int y, int index)
        where T : class
    {
        T row = table.Rows[index];
        bool selected = index == table.Cursor.Index;
        bool pinned = row is Trace trace && trace.Id == State.Pinned?.Id;
        if (selected)
        {
            canvas.Fill(0, y, canvas.Width, ' ', Ink.Selected);
        }

        canvas.Put(0, y, selected ? canvas.Glyphs.Marker : pinned ? '*' : ' ', selected ? Ink.Selected : Ink.Strong);
        int x = 1;
        foreach ((int column, int width) in fit)
        {
            Column<T> shown = table.Columns[column];
            string text = shown.Text(row, State.Shown.TakenUnixNs);
            Ink ink = selected ? Ink.Selected : shown.Ink(row);
            if (shown.RightAligned)
            {
                canvas.Right(x, y, text, ink, width);
            }
            else
            {
                canvas.Text(x, y, text, ink, width);
            }

            x += width + 1;
        }
    }

    private void PaintEmpty(Canvas canvas)
    {
        int y = canvas.Height > 4 ? 2 : 0;
        Ink ink = Ink.Strong;
        foreach (string sentence in EmptyText.For(State))
        {
            foreach (string line in TextWrap.Lines(sentence, Math.Max(10, canvas.Width - 2)))
            {
                canvas.Text(0, y++, $" {line}".PadRight(canvas.Width), ink);
            }

            ink = Ink.Text;
        }
    }
}
