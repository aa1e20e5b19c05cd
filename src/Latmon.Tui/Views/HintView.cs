using Latmon.Tui.Drawing;
using Latmon.Tui.Keys;
using Latmon.Tui.State;

namespace Latmon.Tui.Views;

/// <summary>Last line: the keys of this moment, or the filter while it is typed.</summary>
internal sealed class HintView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    protected override void Paint(Canvas canvas)
    {
        int x = State.OpenLine is { } line ? PaintLine(canvas, line) : 0;
        foreach ((string keys, string hint) in KeyTable.Hints(State))
        {
            if (x + keys.Length + 1 + hint.Length > canvas.Width)
            {
                break;
            }

            x = canvas.Text(x, 0, keys, Ink.Key);
            x = canvas.Text(x + 1, 0, hint, Ink.Dim) + 2;
        }
    }

    /// <summary>The end of a long line stays in sight: that is where it is typed.</summary>
    private int PaintLine(Canvas canvas, LineEditor line)
    {
        int room = Math.Max(1, canvas.Width - 3);
        int from = Math.Max(0, line.Caret - room + 1);
        canvas.Put(0, 0, State.FilterLine.IsOpen ? '/' : 'f', Ink.Key);
        int end = canvas.Text(1, 0, line.Text[from..], Ink.Text, room);
        if (State.FilterLine.IsOpen && State.FilterLine.WrongTerm() is { } wrong && wrong.End.Value > from)
        {
            int start = Math.Max(from, wrong.Start.Value);
            canvas.Text(1 + start - from, 0, line.Text[start..wrong.End], Ink.Alarm, room - (start - from));
        }

        string under = line.Caret < line.Text.Length ? line.Text[line.Caret].ToString() : " ";
        canvas.Text(1 + line.Caret - from, 0, under, Ink.Selected);
        return Math.Max(end, 1 + line.Caret - from) + 4;
    }
}
