using Latmon.Tui.State;

namespace Latmon.Tui.Keys;

/// <summary>The keys of the detail pane: of the waterfall, of what explains the tail, and of the heat map.</summary>
internal static class DetailKeys
{
    public static readonly KeyBinding[] All =
    [
        new(["Enter", "i"], "Enter", KeyScope.Waterfall, OpenWord, "Open or close what is inside this line", c => c.Enter()),
        new(["n"], "n", KeyScope.Waterfall, _ => "next", "Next request", c => c.NextRequest(1)),
        new(["N"], "N", KeyScope.Waterfall, null, "Previous request", c => c.NextRequest(-1)),
        new(["+", "="], "+ -", KeyScope.Waterfall, _ => "zoom in", "Zoom the time axis in, - out, around the bar",
            c => c.ZoomAxis(0.5)),
        new(["-"], "-", KeyScope.Waterfall, null, "", c => c.ZoomAxis(2)),
        new(["b"], "b", KeyScope.Waterfall, _ => "to this bar", "This bar on the whole axis", c => c.ZoomToBar()),
        new(["0"], "0", KeyScope.Waterfall, s => s.Waterfall.Zoom.IsWhole ? "" : "whole", "The whole request on the axis",
            c => c.State.Waterfall.Zoom.Fit()),
        new(["Left"], "Left", KeyScope.Waterfall, s => s.Waterfall.Zoom.IsWhole ? "" : "earlier", "Earlier part of a zoomed axis",
            c => c.State.Waterfall.Zoom.Pan(-0.25)),
        new(["Right"], "Right", KeyScope.Waterfall, s => s.Waterfall.Zoom.IsWhole ? "" : "later", "Later part of a zoomed axis",
            c => c.State.Waterfall.Zoom.Pan(0.25)),
        new(["d"], "d", KeyScope.Waterfall, s => s.Waterfall.ShowsAllDetails ? "bars" : "details", "All details, or the bars again",
            c => c.State.Waterfall.ShowsAllDetails = !c.State.Waterfall.ShowsAllDetails),
        new(["e"], "e E", KeyScope.Waterfall, null, "Open all lines, E close all", c => c.FoldAll(open: true)),
        new(["E"], "E", KeyScope.Waterfall, null, "", c => c.FoldAll(open: false)),
        new(["Left"], "Left Right", KeyScope.Tail, _ => "slow from", "Slow from p90, p99, or the slowest alone",
            c => c.State.Tail.ChangeCut(-1)),
        new(["Right"], "Right", KeyScope.Tail, null, "", c => c.State.Tail.ChangeCut(1)),
        new(["Enter"], "Enter", KeyScope.Tail, _ => "the slow ones", "List the slow requests that were compared", c => c.Enter()),
        new(["Enter"], "Enter", KeyScope.HeatMap, _ => "its requests", "List the requests under the cursor", c => c.Enter()),
        new(["a"], "a", KeyScope.HeatMap, _ => "this moment", "List all requests of this column", c => c.EnterColumn()),
        new(["Left"], "arrows", KeyScope.HeatMap, _ => "move", "Move the cursor", c => c.State.Heat.Move(-1, 0)),
        new(["Right"], "Right", KeyScope.HeatMap, null, "", c => c.State.Heat.Move(1, 0)),
        new(["Up", "k"], "Up", KeyScope.HeatMap, null, "", c => c.State.Heat.Move(0, 1)),
        new(["Down", "j"], "Down", KeyScope.HeatMap, null, "", c => c.State.Heat.Move(0, -1)),
        new(["PgUp"], "PgUp", KeyScope.HeatMap, null, "", c => c.State.Heat.Move(-10, 0)),
        new(["PgDn"], "PgDn", KeyScope.HeatMap, null, "", c => c.State.Heat.Move(10, 0)),
        new(["Home", "g"], "Home", KeyScope.HeatMap, null, "To the oldest, End to the newest", c => c.State.Heat.Move(-10_000, 0)),
        new(["End", "G"], "End", KeyScope.HeatMap, null, "", c => c.State.Heat.Move(10_000, 0)),
    ];

    private static string OpenWord(ScreenState state) =>
        state.Inspected is not { } trace ? ""
        : state.Waterfall.Selected(trace) is not { FoldKey: not null } row ? ""
        : row.IsOpen ? "close"
        : "open";
}
