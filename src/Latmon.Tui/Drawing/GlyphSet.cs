namespace Latmon.Tui.Drawing;

/// <summary>The drawing characters: Unicode blocks where locale and terminal can show them, else fewer, else ASCII.</summary>
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
        Bars = "═▄░█▀·▓▓░",
        Heat = " ░▒▓█",
        Guide = '·',
        Branch = "└ ",
        Cut = '…',
        Marker = '▸',
        Descending = '▼',
        Ascending = '▲',
        More = '»',
        Less = '«',
    };

    /// <summary>The Linux console: its fonts hold 256 or 512 glyphs, those of the IBM PC among them and few others.</summary>
    public static readonly GlyphSet Console = new()
    {
        IsAscii = false,
        Spark = " ▄▄▄▄████",
        Eighths = " ▌▌▌▌████",
        Rule = '─',
        Full = '█',
        Thin = '│',
        Runnable = '▒',
        Blocked = '░',
        Hatch = '/',
        Bars = "═▄░█▀·▓▓░",
        Heat = " ░▒▓█",
        Guide = '·',
        Branch = "└ ",
        Cut = '>',
        Marker = '►',
        Descending = '▼',
        Ascending = '▲',
        More = '»',
        Less = '«',
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
        Bars = "=%.#+:@$x",
        Heat = " .+#@",
        Guide = '.',
        Branch = "` ",
        Cut = '>',
        Marker = '>',
        Descending = 'v',
        Ascending = '^',
        More = '>',
        Less = '<',
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

    /// <summary>One per kind of time, in the order of <see cref="Bar(Ink)"/>.</summary>
    public required string Bars { get; init; }

    /// <summary>Five densities, nothing to many.</summary>
    public required string Heat { get; init; }

    public required char Guide { get; init; }

    public required string Branch { get; init; }

    public required char Cut { get; init; }

    public required char Marker { get; init; }

    public required char Descending { get; init; }

    public required char Ascending { get; init; }

    /// <summary>It goes on out of sight, to the right.</summary>
    public required char More { get; init; }

    /// <summary>It began out of sight, to the left.</summary>
    public required char Less { get; init; }

    /// <summary>A cell of which a part between 0 and 1 is covered.</summary>
    public char Shade(double part) => part switch
    {
        0 => ' ',
        < 0.15 => Thin,
        < 0.5 => Blocked,
        < 0.85 => Runnable,
        _ => Full,
    };

    /// <summary>The glyph of a kind of time, so that no bar relies on its colour: what waits looks empty, what works full.</summary>
    public char Bar(Ink kind) => kind switch
    {
        Ink.Network => Bars[0],
        Ink.Kernel => Bars[1],
        Ink.Waiting => Bars[2],
        Ink.Response => Bars[4],
        Ink.Unattributed => Bars[5],
        Ink.Child => Bars[6],
        Ink.Database => Bars[7],
        Ink.Lock => Bars[8],
        Ink.Tail => Hatch,
        _ => Bars[3],
    };

    /// <summary>By TERM and the locale. POSIX order: LC_ALL, then LC_CTYPE, then LANG; the first that is set decides.</summary>
    public static GlyphSet For(bool ascii, Func<string, string?> environment)
    {
        string term = environment("TERM") ?? "";
        if (ascii || term is "dumb" || term.StartsWith("vt", StringComparison.Ordinal))
        {
            return Ascii;
        }

        string[] names = ["LC_ALL", "LC_CTYPE", "LANG"];
        string locale = names.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        bool utf8 = locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase)
            || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase);
        return !utf8 ? Ascii : term == "linux" ? Console : Unicode;
    }
}
