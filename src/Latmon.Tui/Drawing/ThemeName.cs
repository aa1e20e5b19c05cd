namespace Latmon.Tui.Drawing;

public enum ThemeName
{
    /// <summary>The terminal's own colours for text, hues of middle brightness for bars: for dark and light backgrounds.</summary>
    Usual,

    /// <summary>Brighter bars, for a dark background.</summary>
    Dark,

    /// <summary>Darker bars, for a light background.</summary>
    Light,

    /// <summary>Nothing faint, bars in the bright names of the terminal.</summary>
    Contrast,

    /// <summary>Bold, faint and reverse only.</summary>
    Mono,
}
