using System.Buffers;
using System.Globalization;
using System.Text;
using Wcwidth;

namespace Latmon.Tui.Drawing;

/// <summary>
/// Text that came out of traffic, made harmless: one char is one cell, and nothing that a terminal could take for a
/// command survives. Every string passes here on its way to a cell, so no caller can forget it.
/// </summary>
internal static class SafeText
{
    private const char Replacement = '\uFFFD';

    private static readonly SearchValues<char> Printable =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(code => (char)code)]);

    public static string Clean(string text, bool ascii)
    {
        if (!text.AsSpan().ContainsAnyExcept(Printable))
        {
            return text;
        }

        StringBuilder clean = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            clean.Append(Cell(rune, ascii));
        }

        return clean.ToString();
    }

    /// <summary>Wide and combining characters are replaced as well: they would shift every cell to their right.</summary>
    private static char Cell(Rune rune, bool ascii)
    {
        if (rune.Value is >= 0x20 and < 0x7F)
        {
            return (char)rune.Value;
        }

        bool drawable = !ascii && rune.IsBmp && !Rune.IsControl(rune)
            && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.PrivateUse
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned)
            && UnicodeCalculator.GetWidth(rune.Value) == 1;
        return drawable ? (char)rune.Value : ascii ? '?' : Replacement;
    }
}
