using System.CommandLine;
using Latmon.Tui;
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
    private readonly Option<bool> _ascii = new("--ascii") { Description = "no characters beyond ASCII" };
    private readonly Option<bool> _noMouse = new("--no-mouse") { Description = "leave the mouse to the terminal" };

    public void AddTo(Command command)
    {
        command.Options.Add(_color);
        command.Options.Add(_ascii);
        command.Options.Add(_noMouse);
    }

    public ScreenOptions Apply(ParseResult arguments, ScreenSettings settings, ScreenOptions options) => options with
    {
        Color = Parse(arguments.GetValue(_color) ?? settings.Color),
        Ascii = arguments.GetValue(_ascii) || settings.Ascii,
        Mouse = !arguments.GetValue(_noMouse) && settings.Mouse,
    };

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
