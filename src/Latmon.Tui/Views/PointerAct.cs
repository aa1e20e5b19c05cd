namespace Latmon.Tui.Views;

internal enum PointerAct
{
    Press,
    Drag,
    Release,
    WheelUp,
    WheelDown,
}
