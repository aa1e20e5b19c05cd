using Latmon.Tui.State;

namespace Latmon.Tui.Keys;

/// <summary>The keys that work in every pane, and those of the lists.</summary>
internal static class PaneKeys
{
    /// <summary>Those whose hints come first.</summary>
    public static readonly KeyBinding[] Leading =
    [
        new(["q", "F10"], "q", KeyScope.Everything, _ => "quit", "Quit (also F10, Ctrl+C)", c => c.Quit()),
        new(["Ctrl+C"], "Ctrl+C", KeyScope.Everything, null, "", c => c.Quit()),
        new(["?", "F1", "h"], "?", KeyScope.Panes, _ => "help", "This help (also F1, h)", c => c.State.IsHelpOpen = true),
        new(["Esc", "?", "F1", "h", "Enter", "Backspace"], "Esc", KeyScope.Help, _ => "close help", "Close this help",
            c => c.Back()),
        new(["Space", "p"], "Space", KeyScope.Panes, s => s.IsFrozen ? "go live" : "freeze",
            "Freeze, capture goes on; go live again (p)", c => c.State.ToggleFreeze()),
        new(["["], "[ ]", KeyScope.Panes, s => s.IsFrozen ? "step back/on" : "", "A second back, ] on; { } ten", c => c.State.Step(-1)),
        new(["]"], "]", KeyScope.Panes, null, "", c => c.State.Step(1)),
        new(["{"], "{", KeyScope.Panes, null, "", c => c.State.Step(-10)),
        new(["}"], "}", KeyScope.Panes, null, "", c => c.State.Step(10)),
        new(["/"], "/", KeyScope.Panes, _ => "filter", "Filter: port:80 path:/api/* status:5xx >50ms",
            c => c.State.FilterLine.Open(c.State.Filter)),
        new(["Enter", "i"], "Enter", KeyScope.Requests, s => s.Lists.Kind.IsRequests() ? "inspect" : "its requests",
            "Inspect and pin; list a row's requests", c => c.Enter()),
        new(["Enter", "i"], "Enter", KeyScope.Layers, _ => "sort by layer", "Sort the requests by their time in this layer",
            c => c.Enter()),
    ];

    public static readonly KeyBinding[] Following =
    [
        new(["t"], "t", KeyScope.Panes, _ => "tail", "Why the tail of this route or service is slow", c => c.ShowTail()),
        new(["m"], "m", KeyScope.Panes, _ => "map", "Heat map: all requests by time and duration", c => c.ShowHeatMap()),
        new(["v"], "v", KeyScope.Panes, s => s.Lists.Kind.Next(1).Word(), "Next list, V the one before", c => c.NextKind(1)),
        new(["V"], "V", KeyScope.Panes, null, "", c => c.NextKind(-1)),
        new(["Esc", "Backspace"], "Esc", KeyScope.Panes, _ => "back", "One level back; never quits (also Backspace)",
            c => c.Back()),
        new(["s", ">"], "s >", KeyScope.Requests, _ => "sort", "Sort by the next column", c => c.Sort(1)),
        new(["<"], "<", KeyScope.Requests, null, "Sort by the column before", c => c.Sort(-1)),
        new(["r"], "r", KeyScope.Requests, _ => "reverse", "Reverse the order", c => c.State.Lists.Active.Reverse()),
        new(["f"], "f", KeyScope.Panes, _ => "find", "Only rows of the list that show a text", c => c.Find()),
        new(["Tab"], "Tab", KeyScope.Panes, _ => "pane", "Next pane (Shift+Tab the one before)",
            c => c.State.Panes.FocusNext(1)),
        new(["Shift+Tab"], "Shift+Tab", KeyScope.Panes, null, "", c => c.State.Panes.FocusNext(-1)),
        new(["1"], "1 2 3", KeyScope.Panes, null, "Layers, list, detail", c => c.State.Panes.FocusOn(Pane.Layers)),
        new(["2"], "2", KeyScope.Panes, null, "", c => c.State.Panes.FocusOn(Pane.Requests)),
        new(["3"], "3", KeyScope.Panes, null, "", c => c.State.Panes.FocusOn(Pane.Detail)),
        new(["z"], "z", KeyScope.Panes, s => s.Panes.IsZoomed ? "unzoom" : "zoom", "This pane on the whole screen, and back",
            c => c.State.Panes.IsZoomed = !c.State.Panes.IsZoomed),
        new(["w"], "w W", KeyScope.Panes, _ => "save", "Save this request as a file, W all shown", c => c.SaveSelected()),
        new(["W"], "W", KeyScope.Panes, null, "", c => c.SaveAll()),
        new(["y"], "y", KeyScope.Panes, _ => "copy", "Copy the waterfall as text (OSC 52)", c => c.CopyWaterfall()),
        new(["Delete"], "Delete", KeyScope.Panes, null, "Remove the last term of the filter", c => c.RemoveLastTerm()),
        new(["Up", "k"], "Up k", KeyScope.Movable, null, "Up", c => c.Move(cursor => cursor.Move(-1))),
        new(["Down", "j"], "Down j", KeyScope.Movable, null, "Down", c => c.Move(cursor => cursor.Move(1))),
        new(["PgUp", "Ctrl+B"], "PgUp", KeyScope.Movable, null, "Page up", c => c.Move(cursor => cursor.MovePages(-1))),
        new(["PgDn", "Ctrl+F"], "PgDn", KeyScope.Movable, null, "Page down", c => c.Move(cursor => cursor.MovePages(1))),
        new(["Home", "g"], "Home g", KeyScope.Movable, null, "First", c => c.Move(cursor => cursor.MoveTo(0))),
        new(["End", "G"], "End G", KeyScope.Movable, null, "Last", c => c.Move(cursor => cursor.MoveTo(int.MaxValue))),
        new([")", "Ctrl+Right"], ") (", KeyScope.Panes, null, "Wider list, ( narrower (also Ctrl+arrows)", c => c.State.Panes.Widen(4)),
        new(["(", "Ctrl+Left"], "(", KeyScope.Panes, null, "", c => c.State.Panes.Widen(-4)),
        new(["Ctrl+Up"], "Ctrl+Up", KeyScope.Panes, null, "Fewer lines for the layers, Ctrl+Down more", c => c.State.Panes.CutLayers(1)),
        new(["Ctrl+Down"], "Ctrl+Down", KeyScope.Panes, null, "", c => c.State.Panes.CutLayers(-1)),
        new(["x"], "x X", KeyScope.Panes, null, "Hide this pane, X all panes as they were", c => c.Hide()),
        new(["X"], "X", KeyScope.Panes, null, "", c => c.State.Panes.ShowAll()),
        new(["T"], "T", KeyScope.Panes, null, "Next theme", c => c.NextTheme()),
        new(["M"], "M", KeyScope.Panes, null, "Mouse off, for selecting text, and on again", c => c.ToggleMouse()),
        new(["+", "="], "+", KeyScope.PanesWithoutZoom, null, "Refresh more often", c => c.ChangeRefresh(-1)),
        new(["-"], "-", KeyScope.PanesWithoutZoom, null, "Refresh less often", c => c.ChangeRefresh(1)),
        new(["Ctrl+L"], "Ctrl+L", KeyScope.Everywhere, null, "Draw everything again", c => c.Redraw()),
        new(["Ctrl+Z"], "Ctrl+Z", KeyScope.Everywhere, null, "Suspend; fg comes back", c => c.Suspend()),
    ];
}
