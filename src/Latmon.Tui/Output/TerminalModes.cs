using Terminal.Gui.Drivers;

namespace Latmon.Tui.Output;

/// <summary>The terminal modes that are not left to Terminal.Gui.</summary>
internal static class TerminalModes
{
    /// <summary>All modes that it or latmon sets, undone: for a process that ends without unwinding its stack.</summary>
    public const string RestoreAll =
        "\e[?2026l\e[?1l\e>\e[?2004l\e[?1003l\e[?1002l\e[?1000l\e[?1015l\e[?1006l\e[<u\e[0m\e[?1049l\e[?25h";

    /// <summary>The alternate screen, no cursor, and pasted text in brackets: what a resumed screen needs, but the mouse.</summary>
    public const string TakeAgain = "\e[?1049h\e[?25l\e[?2004h";

    /// <summary>
    /// Terminal.Gui asks for every movement of the mouse (1003), which over SSH is a packet per movement. Clicks, the
    /// wheel and movements with a button down (1002, in the encoding of 1006) are all that is used.
    /// </summary>
    public static void TakeMouse(IDriver driver, bool wanted) =>
        driver.WriteRaw(wanted ? "\e[?1003l\e[?1015l\e[?1002h\e[?1006h" : "\e[?1003l\e[?1002l\e[?1015l\e[?1006l");

    /// <summary>The mouse, and the keypad mode that the console of .NET sets and leaves set.</summary>
    public static void Release(IDriver driver) => driver.WriteRaw("\e[?1002l\e[?1000l\e[?1l\e>");
}
