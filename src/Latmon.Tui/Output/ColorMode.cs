namespace Latmon.Tui.Output;

public enum ColorMode
{
    /// <summary>NO_COLOR, TERM and COLORTERM decide.</summary>
    Auto,

    /// <summary>Bold, faint and reverse only.</summary>
    Mono,

    Ansi16,
    Indexed256,
    TrueColor,
}

internal static class ColorModes
{
    /// <summary>
    /// A bare <c>xterm</c> is not assumed to have more than 16 colours, and sshd does not forward COLORTERM, so 256 is
    /// the usual answer over SSH. NO_COLOR counts only when it is not empty (no-color.org).
    /// </summary>
    public static ColorMode Detect(Func<string, string?> environment)
    {
        string term = environment("TERM") ?? "";
        if (!string.IsNullOrEmpty(environment("NO_COLOR")) || term is "" or "dumb" or "vt100" or "vt220")
        {
            return ColorMode.Mono;
        }

        if (environment("COLORTERM") is "truecolor" or "24bit" || term.EndsWith("-direct", StringComparison.Ordinal))
        {
            return ColorMode.TrueColor;
        }

        return term.Contains("256color", StringComparison.Ordinal) ? ColorMode.Indexed256 : ColorMode.Ansi16;
    }
}
