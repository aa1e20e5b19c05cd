using Terminal.Gui.Drawing;

namespace Latmon.Tui.Drawing;

/// <summary>
/// The colours of the inks. The hues of the bars are those of Okabe and Ito, which remain apart for the common kinds of
/// colour blindness; no two kinds of bar rely on colour alone, each has a glyph of its own.
/// </summary>
internal static class Palette
{
    /// <summary>Null for inks that take the sixteen names also where there are more colours.</summary>
    public static Color? Rich(Ink ink, ThemeName theme)
    {
        (int Red, int Green, int Blue)? hue = ink switch
        {
            Ink.Network => (0x56, 0xB4, 0xE9),
            Ink.Kernel => (0x3B, 0x8F, 0xCF),
            Ink.Waiting => (0xE6, 0x9F, 0x00),
            Ink.Application => (0x00, 0x9E, 0x73),
            Ink.Response => (0x8A, 0x7F, 0xD8),
            Ink.Child => (0xCC, 0x79, 0xA7),
            Ink.Database => (0xD5, 0x5E, 0x00),
            _ => null,
        };
        double brightness = theme switch { ThemeName.Dark => 1.15, ThemeName.Light => 0.7, _ => 1 };
        return hue is { } each && theme is not ThemeName.Contrast
            ? new Color(Scaled(each.Red, brightness), Scaled(each.Green, brightness), Scaled(each.Blue, brightness))
            : null;
    }

    public static ColorName16? Sixteen(Ink ink, ThemeName theme) => ink switch
    {
        Ink.Live or Ink.Calm or Ink.Application => theme == ThemeName.Contrast ? ColorName16.BrightGreen : ColorName16.Green,
        Ink.Raised or Ink.Waiting => theme == ThemeName.Contrast ? ColorName16.BrightYellow : ColorName16.Yellow,
        Ink.Severe or Ink.Alarm or Ink.Lock => theme == ThemeName.Contrast ? ColorName16.BrightRed : ColorName16.Red,
        Ink.Network => theme == ThemeName.Contrast ? ColorName16.BrightBlue : ColorName16.Blue,
        Ink.Kernel or Ink.Response => theme == ThemeName.Contrast ? ColorName16.BrightCyan : ColorName16.Cyan,
        Ink.Child or Ink.Database => theme == ThemeName.Contrast ? ColorName16.BrightMagenta : ColorName16.Magenta,
        _ => null,
    };

    private static int Scaled(int part, double brightness) => Math.Clamp((int)Math.Round(part * brightness), 0, 255);
}
