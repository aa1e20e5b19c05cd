using System.Text;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;

namespace Latmon.Tui.Keys;

/// <summary>A key as the key table spells it: <c>q</c>, <c>G</c>, <c>Ctrl+L</c>, <c>PgUp</c>, <c>Shift+Tab</c>.</summary>
internal static class KeyName
{
    private static readonly Dictionary<KeyCode, string> Named = new()
    {
        [KeyCode.Enter] = "Enter",
        [KeyCode.Esc] = "Esc",
        [KeyCode.Space] = "Space",
        [KeyCode.Tab] = "Tab",
        [KeyCode.Backspace] = "Backspace",
        [KeyCode.Delete] = "Delete",
        [KeyCode.CursorUp] = "Up",
        [KeyCode.CursorDown] = "Down",
        [KeyCode.CursorLeft] = "Left",
        [KeyCode.CursorRight] = "Right",
        [KeyCode.PageUp] = "PgUp",
        [KeyCode.PageDown] = "PgDn",
        [KeyCode.Home] = "Home",
        [KeyCode.End] = "End",
        [KeyCode.F1] = "F1",
        [KeyCode.F10] = "F10",
    };

    public static string Of(Key key)
    {
        KeyCode bare = key.KeyCode & ~(KeyCode.ShiftMask | KeyCode.CtrlMask | KeyCode.AltMask);
        if (Named.TryGetValue(bare, out string? name))
        {
            return (key.IsCtrl ? "Ctrl+" : "") + (key.IsShift ? "Shift+" : "") + name;
        }

        if (key.IsCtrl && bare is >= KeyCode.A and <= KeyCode.Z)
        {
            return $"Ctrl+{(char)bare}";
        }

        return Typed(key);
    }

    /// <summary>The character that the key writes; empty when it writes none.</summary>
    public static string Typed(Key key)
    {
        Rune rune = key.IsCtrl || key.IsAlt ? default : key.AsRune;
        return rune.Value < ' ' ? "" : rune.ToString();
    }
}
