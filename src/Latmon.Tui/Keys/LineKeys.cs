namespace Latmon.Tui.Keys;

/// <summary>The keys of the lines that are typed: filter and search.</summary>
internal static class LineKeys
{
    public static readonly KeyBinding[] All =
    [
        new(["Enter"], "Enter", KeyScope.FilterLine, _ => "apply", "Apply, in the kernel too; empty clears",
            c => c.State.ApplyFilter()),
        new(["Tab"], "Tab", KeyScope.FilterLine, _ => "complete", "Complete the word; again for the next one", c => c.Complete()),
        new(["Enter"], "Enter", KeyScope.SearchLine, _ => "keep", "Keep the rows found", c => c.State.Search.Close()),
        new(["Esc"], "Esc", KeyScope.FilterLine, _ => "cancel", "Leave the filter as it was", c => c.Back()),
        new(["Esc"], "Esc", KeyScope.SearchLine, _ => "all rows", "Leave the search: all rows", c => c.Back()),
        new(["Up"], "Up", KeyScope.FilterLine, _ => "history", "The filter before", c => c.State.FilterLine.Recall(-1)),
        new(["Down"], "Down", KeyScope.FilterLine, null, "The filter after", c => c.State.FilterLine.Recall(1)),
        new(["Ctrl+U"], "Ctrl+U", KeyScope.Lines, _ => "clear", "Clear the line",
            c => c.Edit(line => line.Erase(0, line.Text.Length))),
        new(["Ctrl+W"], "Ctrl+W", KeyScope.Lines, _ => "erase term", "Erase the term before the caret",
            c => c.Edit(line => line.EraseWord())),
        new(["Backspace"], "Backspace", KeyScope.Lines, null, "Erase before the caret",
            c => c.Edit(line => line.Erase(line.Caret - 1, line.Caret))),
        new(["Delete"], "Delete", KeyScope.Lines, null, "Erase under the caret",
            c => c.Edit(line => line.Erase(line.Caret, line.Caret + 1))),
        new(["Left"], "Left", KeyScope.Lines, null, "Caret left", c => c.Edit(line => line.MoveCaret(line.Caret - 1))),
        new(["Right"], "Right", KeyScope.Lines, null, "Caret right", c => c.Edit(line => line.MoveCaret(line.Caret + 1))),
        new(["Home", "Ctrl+A"], "Home", KeyScope.Lines, null, "Caret to the start", c => c.Edit(line => line.MoveCaret(0))),
        new(["End", "Ctrl+E"], "End", KeyScope.Lines, null, "Caret to the end", c => c.Edit(line => line.MoveCaret(int.MaxValue))),
        new(["Ctrl+C"], "Ctrl+C", KeyScope.Lines, null, "Quit", c => c.Quit()),
    ];
}
