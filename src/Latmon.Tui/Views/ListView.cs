using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tables;

namespace Latmon.Tui.Views;

/// <summary>
/// The list in the middle, one line per row, whatever the rows are:
/// <code>
/// ─ ▸ Slowest requests (20) ──────────────── v: latest routes services …
/// duration▼ st  request        most time in        age
///   120ms  200  GET /checkout  93% 60x SELECT t     3s
/// </code>
/// </summary>
internal sealed class ListView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    /// <summary>Title and column headings.</summary>
    public const int HeadLines = 2;

    /// <summary>The column whose heading stands at <paramref name="x"/> of the pane, or -1.</summary>
    public static int ColumnAt(ITable table, int width, int x)
    {
        int at = 1;
        foreach ((int column, int columnWidth) in ColumnFit.Fit(table.Columns, width - 1))
        {
            if (x >= at && x < at + columnWidth)
            {
                return column;
            }

            at += columnWidth + 1;
        }

        return -1;
    }

    protected override void Paint(Canvas canvas)
    {
        int end = PaintTitle(canvas, TitleText(), State.Panes.Focus == Pane.Requests);
        PaintOthers(canvas, end);
        ITable table = State.Lists.Active;
        int page = Math.Max(0, canvas.Height - HeadLines);
        table.Cursor.Resize(table.Count, page);
        if (table.Count == 0)
        {
            PaintEmpty(canvas);
            return;
        }

        (int Column, int Width)[] fit = ColumnFit.Fit(table.Columns, canvas.Width - 1);
        PaintHeadings(canvas, table, fit);
        for (int line = 0; line < page && table.Cursor.Top + line < table.Count; line++)
        {
            PaintRow(canvas, table, fit, line + HeadLines, table.Cursor.Top + line);
        }
    }

    private string TitleText()
    {
        ListSet lists = State.Lists;
        ITable table = lists.Active;
        string scope = lists.Scope is { } part && lists.Kind.IsRequests() ? $" of {part.Title}" : "";
        string count = table.Search.Length > 0 ? $"{table.Count} of {table.Available} with \"{table.Search}\"" : $"{table.Count}";
        string what = lists is { Scope: not null, Kind: ListKind.Slowest } ? "Kept requests" : lists.Kind.Title();
        return $"{what}{scope} ({count})";
    }

    /// <summary>The other lists, so that nobody has to guess that there are any.</summary>
    private void PaintOthers(Canvas canvas, int from)
    {
        string others = " v " + string.Join(' ', ListKinds.All.Where(kind => kind != State.Lists.Kind).Select(kind => kind.Word())) + " ";
        if (from + others.Length + 2 <= canvas.Width)
        {
            canvas.Right(0, 0, others, Ink.Heading, canvas.Width - 1);
        }
    }

    private static void PaintHeadings(Canvas canvas, ITable table, (int Column, int Width)[] fit)
    {
        int x = 1;
        foreach ((int index, int width) in fit)
        {
            ColumnShape column = table.Columns[index];
            bool sorted = index == table.SortIndex;
            string mark = !sorted ? "" : (table.Reversed ? canvas.Glyphs.Ascending : canvas.Glyphs.Descending).ToString();
            string title = column.Title[..Math.Clamp(width - mark.Length, 0, column.Title.Length)] + mark;
            PaintCell(canvas, x, 1, title, sorted ? Ink.Strong : Ink.Heading, width, column.RightAligned);
            x += width + 1;
        }
    }

    private void PaintRow(Canvas canvas, ITable table, (int Column, int Width)[] fit, int y, int index)
    {
        bool selected = index == table.Cursor.Index;
        bool pinned = State.Pinned is { } pin && table.Key(index) == pin.Id;
        if (selected)
        {
            canvas.Fill(0, y, canvas.Width, ' ', Ink.Selected);
        }

        canvas.Put(0, y, selected ? canvas.Glyphs.Marker : pinned ? '*' : ' ', selected ? Ink.Selected : Ink.Strong);
        int x = 1;
        foreach ((int column, int width) in fit)
        {
            string text = table.Text(index, column, State.Shown.TakenUnixNs);
            PaintCell(canvas, x, y, text, selected ? Ink.Selected : table.Ink(index, column), width, table.Columns[column].RightAligned);
            x += width + 1;
        }
    }

    private static void PaintCell(Canvas canvas, int x, int y, string text, Ink ink, int width, bool rightAligned)
    {
        if (rightAligned)
        {
            canvas.Right(x, y, text, ink, width);
        }
        else
        {
            canvas.Text(x, y, text, ink, width);
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
