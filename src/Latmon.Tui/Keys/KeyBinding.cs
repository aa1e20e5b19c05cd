using Latmon.Tui.State;

namespace Latmon.Tui.Keys;

/// <summary>Where a key is listened to.</summary>
[Flags]
internal enum KeyScope
{
    None = 0,
    Layers = 1,
    Requests = 2,
    Waterfall = 4,
    Help = 8,
    FilterLine = 16,
    SearchLine = 32,
    Tail = 64,
    HeatMap = 128,
    Lines = FilterLine | SearchLine,
    Panes = Layers | Requests | Waterfall | Tail | HeatMap,
    PanesWithoutZoom = Layers | Requests | Tail | HeatMap,
    PanesWithLines = Layers | Requests | Waterfall | Tail,
    Movable = PanesWithLines | Help,
    Everything = Panes | Help,
    Everywhere = Everything | Lines,
}

/// <summary>A key, what it does, and how it is told: one entry drives dispatch, the hint line and the help.</summary>
/// <param name="Keys">Names as <see cref="KeyName"/> makes them; the first ones are shown.</param>
/// <param name="Shown">As the help and the hint line print the keys.</param>
/// <param name="Hint">One or two words for the last line; null keeps it out of there.</param>
internal sealed record KeyBinding(
    string[] Keys, string Shown, KeyScope Scope, Func<ScreenState, string>? Hint, string Help, Action<ScreenCommands> Run);
