using Latmon.Tui.State;

namespace Latmon.Tui.Keys;

/// <summary>
/// Every key of the screen. Dispatch, the hint line and the help overlay read this table and nothing else, so none of
/// them can say what the others do not. Hints come in this order and are cut from the right on a narrow screen.
/// </summary>
internal static class KeyTable
{
    public static readonly KeyBinding[] All =
    [
        new(["Enter"], "Enter", KeyScope.FilterLine, _ => "apply", "Apply, in the kernel too; empty clears",
            c => c.State.ApplyFilter()),
        new(["Esc"], "Esc", KeyScope.FilterLine, _ => "cancel", "Leave the filter as it was", c => c.Back()),
        new(["Ctrl+U"], "Ctrl+U", KeyScope.FilterLine, _ => "clear", "Clear the line",
            c => c.EditFilter(line => line.Erase(0, line.Text.Length))),
        new(["Ctrl+W"], "Ctrl+W", KeyScope.FilterLine, null, "Erase the word before the caret",
            c => c.EditFilter(line => line.EraseWord())),
        new(["Backspace"], "Backspace", KeyScope.FilterLine, null, "Erase before the caret",
            c => c.EditFilter(line => line.Erase(line.Caret - 1, line.Caret))),
        new(["Delete"], "Delete", KeyScope.FilterLine, null, "Erase under the caret",
            c => c.EditFilter(line => line.Erase(line.Caret, line.Caret + 1))),
        new(["Left"], "Left", KeyScope.FilterLine, null, "Caret left",
            c => c.State.FilterLine.MoveCaret(c.State.FilterLine.Caret - 1)),
        new(["Right"], "Right", KeyScope.FilterLine, null, "Caret right",
            c => c.State.FilterLine.MoveCaret(c.State.FilterLine.Caret + 1)),
        new(["Home", "Ctrl+A"], "Home", KeyScope.FilterLine, null, "Caret to the start", c => c.State.FilterLine.MoveCaret(0)),
        new(["End", "Ctrl+E"], "End", KeyScope.FilterLine, null, "Caret to the end",
            c => c.State.FilterLine.MoveCaret(int.MaxValue)),

        new(["q", "F10"], "q", KeyScope.Movable, _ => "quit", "Quit (also F10, Ctrl+C)", c => c.Quit()),
        new(["Ctrl+C"], "Ctrl+C", KeyScope.FilterLine, null, "Quit", c => c.Quit()),
        new(["Ctrl+C"], "Ctrl+C", KeyScope.Movable, null, "", c => c.Quit()),
        new(["?", "F1", "h"], "?", KeyScope.Lists, _ => "help", "This help (also F1, h)", c => c.State.IsHelpOpen = true),
        new(["Esc", "?", "F1", "h", "Enter", "Backspace"], "Esc", KeyScope.Help, _ => "close help", "Close this help",
            c => c.Back()),
        new(["Space", "p"], "Space", KeyScope.Lists, s => s.IsFrozen ? "go live" : "freeze",
            "Freeze, capture goes on; go live again (p)",
            c => c.State.ToggleFreeze()),
        new(["/"], "/", KeyScope.Lists, _ => "filter", "Filter: port:80 path:/api/* status:5xx >50ms",
            c => c.State.FilterLine.Open(c.State.Filter)),
        new(["Enter", "i"], "Enter", KeyScope.Requests, s => s.ShowsGroups ? "its requests" : "inspect",
            "Inspect and pin; list a route's requests",
            c => c.Enter()),
        new(["Enter", "i"], "Enter", KeyScope.Layers, _ => "sort by layer", "Sort the requests by their time in this layer",
            c => c.Enter()),
        new(["Enter"], "Enter", KeyScope.Waterfall, _ => "open/close calls", "Open or close a line of many alike calls",
            c => c.Enter()),
        new(["n"], "n", KeyScope.Waterfall, _ => "next", "Next request", c => c.NextRequest(1)),
        new(["N"], "N", KeyScope.Waterfall, _ => "previous", "Previous request", c => c.NextRequest(-1)),
        new(["Esc", "Backspace"], "Esc", KeyScope.Lists, _ => "back", "One level back; never quits (also Backspace)",
            c => c.Back()),
        new(["v"], "v", KeyScope.Lists, s => NextKindName(s.Kind), "List slowest, latest, routes, services",
            c => c.NextKind()),
        new(["Tab"], "Tab", KeyScope.Lists, _ => "pane", "Next pane (Shift+Tab the one before)", c => c.NextPane(1)),
        new(["Shift+Tab"], "Shift+Tab", KeyScope.Lists, null, "", c => c.NextPane(-1)),
        new(["1"], "1 2 3", KeyScope.Lists, null, "Layers, requests, waterfall", c => c.State.Focus = Pane.Layers),
        new(["2"], "2", KeyScope.Lists, null, "", c => c.State.Focus = Pane.Requests),
        new(["3"], "3", KeyScope.Lists, null, "", c => c.State.Focus = Pane.Waterfall),
        new(["z"], "z", KeyScope.Lists, s => s.IsZoomed ? "unzoom" : "zoom", "This pane on the whole screen, and back",
            c => c.State.IsZoomed = !c.State.IsZoomed),
        new(["s", ">"], "s >", KeyScope.Requests, _ => "sort", "Sort by the next column", c => c.Sort(1)),
        new(["<"], "<", KeyScope.Requests, null, "Sort by the column before", c => c.Sort(-1)),
        new(["r"], "r", KeyScope.Requests, _ => "reverse", "Reverse the order", c => c.Reverse()),
        new(["Up", "k"], "Up k", KeyScope.Movable, null, "Up", c => c.Move(cursor => cursor.Move(-1))),
        new(["Down", "j"], "Down j", KeyScope.Movable, null, "Down", c => c.Move(cursor => cursor.Move(1))),
        new(["PgUp", "Ctrl+B"], "PgUp", KeyScope.Movable, null, "Page up", c => c.Move(cursor => cursor.MovePages(-1))),
        new(["PgDn", "Ctrl+F"], "PgDn", KeyScope.Movable, null, "Page down", c => c.Move(cursor => cursor.MovePages(1))),
        new(["Home", "g"], "Home g", KeyScope.Movable, null, "First", c => c.Move(cursor => cursor.MoveTo(0))),
        new(["End", "G"], "End G", KeyScope.Movable, null, "Last", c => c.Move(cursor => cursor.MoveTo(int.MaxValue))),
        new(["+", "="], "+", KeyScope.Lists, null, "Refresh more often", c => c.ChangeRefresh(-1)),
        new(["-"], "-", KeyScope.Lists, null, "Refresh less often", c => c.ChangeRefresh(1)),
        new(["Ctrl+L"], "Ctrl+L", KeyScope.Everywhere, null, "Draw everything again", c => c.Redraw()),
        new(["Ctrl+Z"], "Ctrl+Z", KeyScope.Everywhere, null, "Suspend; fg comes back", c => c.Suspend()),
    ];

    public static KeyScope ScopeOf(ScreenState state) => state switch
    {
        { FilterLine.IsOpen: true } => KeyScope.FilterLine,
        { IsHelpOpen: true } => KeyScope.Help,
        { Focus: Pane.Layers } => KeyScope.Layers,
        { Focus: Pane.Requests } => KeyScope.Requests,
        _ => KeyScope.Waterfall,
    };

    public static KeyBinding? Find(string key, KeyScope scope) =>
        Array.Find(All, binding => binding.Scope.HasFlag(scope) && binding.Keys.Contains(key));

    /// <summary>What the keys of this moment are, most wanted first.</summary>
    public static IEnumerable<(string Keys, string Hint)> Hints(ScreenState state)
    {
        KeyScope scope = ScopeOf(state);
        return All.Where(binding => binding.Scope.HasFlag(scope) && binding.Hint is not null)
            .Select(binding => (binding.Shown, binding.Hint!(state)));
    }

    private static string NextKindName(ListKind kind) => kind switch
    {
        ListKind.Slowest => "latest",
        ListKind.Latest => "routes",
        ListKind.Routes => "services",
        _ => "slowest",
    };
}
