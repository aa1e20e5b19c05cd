using System.CommandLine;
using Latmon.Tui;
using Latmon.Tui.Drawing;
using Latmon.Tui.Output;

namespace Latmon.Commands;

/// <summary>The flags of the commands that show the screen.</summary>
internal sealed class ScreenFlags
{
    private readonly Option<string?> _color = new("--color")
    {
        HelpName = "auto|never|16|256|true",
        Description = "colours of the screen; NO_COLOR is respected",
    };
    private readonly Option<string?> _theme = new("--theme")
    {
        HelpName = "usual|dark|light|contrast|mono",
        Description = "looks of the screen; also T on it",
    };
    private readonly Option<bool> _ascii = new("--ascii") { Description = "no characters beyond ASCII" };
    private readonly Option<bool> _noMouse = new("--no-mouse") { Description = "leave the mouse to the terminal" };

    public void AddTo(Command command)
    {
        command.Options.Add(_color);
        command.Options.Add(_theme);
        command.Options.Add(_ascii);
        command.Options.Add(_noMouse);
    }

    public ScreenOptions Apply(ParseResult arguments, ScreenSettings settings, ScreenOptions options) => options with
    {
        Color = Parse(arguments.GetValue(_color) ?? settings.Color),
        Theme = ParseTheme(arguments.GetValue(_theme) ?? settings.Theme),
        Colors = settings.Colors,
        Remembered = Remembered(arguments.GetValue(_theme) is not null),
        Remember = StateFile.Write,
        Ascii = arguments.GetValue(_ascii) || settings.Ascii,
        Mouse = !arguments.GetValue(_noMouse) && settings.Mouse,
    };

    /// <summary>What is named on the command line is stronger than what was chosen the last time.</summary>
    private static string? Remembered(bool themeGiven) =>
        themeGiven ? StateFile.Read()?.Replace("\"theme\"", "\"theme-before\"", StringComparison.Ordinal) : StateFile.Read();

    private static ThemeName ParseTheme(string theme) =>
        Enum.TryParse(theme, ignoreCase: true, out ThemeName name) && Enum.IsDefined(name)
            ? name
            : throw new UsageException($"--theme: \"{theme}\" is not a theme; use usual, dark, light, contrast or mono.");

    private static ColorMode Parse(string color) => color switch
    {
        "auto" => ColorMode.Auto,
        "never" => ColorMode.Mono,
        "16" => ColorMode.Ansi16,
        "256" => ColorMode.Indexed256,
        "true" => ColorMode.TrueColor,
        _ => throw new UsageException($"--color: \"{color}\" is not a colour mode; use auto, never, 16, 256 or true."),
    };
}
