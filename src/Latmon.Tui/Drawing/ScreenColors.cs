using System.Globalization;
using Terminal.Gui.Drawing;

namespace Latmon.Tui.Drawing;

/// <summary>Colours that the user chose for kinds of time and of text: <c>"Waiting": "#E69F00"</c>, <c>"Severe": "BrightRed"</c>.</summary>
public static class ScreenColors
{
    /// <summary>One sentence when the setting cannot be used; null when it can.</summary>
    public static string? Check(string name, string value)
    {
        if (!IsInk(name, out _))
        {
            return $"\"{name}\" is not something with a colour; use {string.Join(", ", Enum.GetNames<Ink>())}";
        }

        return TryColor(value, out _)
            ? null
            : $"\"{value}\" is not a colour; use #rrggbb or {string.Join(", ", Enum.GetNames<ColorName16>())}";
    }

    /// <summary>Those that cannot be used are left out.</summary>
    internal static IReadOnlyDictionary<Ink, Color> Parse(IEnumerable<KeyValuePair<string, string>> chosen)
    {
        Dictionary<Ink, Color> colors = [];
        foreach ((string name, string value) in chosen)
        {
            if (IsInk(name, out Ink ink) && TryColor(value, out Color color))
            {
                colors[ink] = color;
            }
        }

        return colors;
    }

    private static bool IsInk(string name, out Ink ink) => Enum.TryParse(name, ignoreCase: true, out ink) && Enum.IsDefined(ink);

    private static bool TryColor(string value, out Color color)
    {
        color = default;
        if (value.Length == 7 && value[0] == '#'
            && int.TryParse(value.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rgb))
        {
            color = new Color((rgb >> 16) & 0xFF, (rgb >> 8) & 0xFF, rgb & 0xFF);
            return true;
        }

        bool isName = value.Length > 0 && char.IsAsciiLetter(value[0]) && Enum.TryParse(value, ignoreCase: true, out ColorName16 name)
            && (color = new Color(name)) != default;
        return isName;
    }
}
