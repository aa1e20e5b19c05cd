namespace Latmon.Tui.Drawing;

/// <summary>The drawing characters, best first: Unicode blocks where the locale can show them, else ASCII.</summary>
internal sealed class GlyphSet
{
    public static readonly GlyphSet Unicode = new()
    {
        IsAscii = false,
        Spark = " ▁▂▃▄▅▆▇█",
        Eighths = " ▏▎▍▌▋▊▉█",
        Rule = '─',
        Full = '█',
        Thin = '▏',
        Runnable = '▒',
        Blocked = '░',
        Hatch = '╱',
        Guide = '·',
        Branch = "└ ",
        Cut = '…',
        Marker = '▸',
        Descending = '▼',
        Ascending = '▲',
        More = '»',
    };

    public static readonly GlyphSet Ascii = new()
    {
        IsAscii = true,
        Spark = " .:-=+*#@",
        Eighths = " |||#####",
        Rule = '-',
        Full = '#',
        Thin = '|',
        Runnable = 'w',
        Blocked = '.',
        Hatch = '/',
        Guide = '.',
        Branch = "` ",
        Cut = '>',
        Marker = '>',
        Descending = 'v',
        Ascending = '^',
        More = '>',
    };

    public required bool IsAscii { get; init; }

    /// <summary>Nine heights, nothing to full.</summary>
    public required string Spark { get; init; }

    /// <summary>Nine widths, nothing to full.</summary>
    public required string Eighths { get; init; }

    public required char Rule { get; init; }

    public required char Full { get; init; }

    /// <summary>A piece of time too short for a whole cell: visible, but not mistaken for one.</summary>
    public required char Thin { get; init; }

    public required char Runnable { get; init; }

    public required char Blocked { get; init; }

    public required char Hatch { get; init; }

    public required char Guide { get; init; }

    public required string Branch { get; init; }

    public required char Cut { get; init; }

    public required char Marker { get; init; }

    public required char Descending { get; init; }

    public required char Ascending { get; init; }

    public required char More { get; init; }

    /// <summary>A cell of which a part between 0 and 1 is covered.</summary>
    public char Shade(double part) => part switch
    {
        0 => ' ',
        < 0.15 => Thin,
        < 0.5 => Blocked,
        < 0.85 => Runnable,
        _ => Full,
    };

    /// <summary>POSIX order: LC_ALL, then LC_CTYPE, then LANG; the first that is set decides.</summary>
    public static GlyphSet For(bool ascii, Func<string, string?> environment)
    {
        if (ascii)
        {
            return Ascii;
        }

        string[] names = ["LC_ALL", "LC_CTYPE", "LANG"];
        string locale = names.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        bool utf8 = locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase)
            || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase);
        return utf8 ? Unicode : Ascii;
    }
}
