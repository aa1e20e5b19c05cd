using System.Globalization;
using System.Text;
using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace Latmon.Tui.Output;

/// <summary>
/// Attributes as SGR sequences for one <see cref="ColorMode"/>. Terminal.Gui knows only 24-bit and 16 colours and
/// ignores NO_COLOR, so the sequences are made here. Each starts with a reset: the result depends on nothing before it.
/// </summary>
internal sealed class Sgr(ColorMode mode)
{
    private static readonly (TextStyle Style, string Code)[] Styles =
    [
        (TextStyle.Bold, ";1"), (TextStyle.Faint, ";2"), (TextStyle.Italic, ";3"), (TextStyle.Underline, ";4"),
        (TextStyle.Blink, ";5"), (TextStyle.Reverse, ";7"), (TextStyle.Strikethrough, ";9"),
    ];

    /// <summary>Steps of the 6x6x6 cube that starts at index 16 of the xterm palette.</summary>
    private static readonly int[] CubeSteps = [0, 95, 135, 175, 215, 255];

    private readonly Dictionary<Attribute, string> _cache = [];

    public string For(Attribute attribute)
    {
        if (!_cache.TryGetValue(attribute, out string? sequence))
        {
            sequence = Build(attribute);
            _cache[attribute] = sequence;
        }

        return sequence;
    }

    private string Build(Attribute attribute)
    {
        StringBuilder codes = new("\e[0");
        foreach ((TextStyle style, string code) in Styles)
        {
            if (attribute.Style.HasFlag(style))
            {
                codes.Append(code);
            }
        }

        Append(codes, attribute.Foreground, background: false);
        Append(codes, attribute.Background, background: true);
        return codes.Append('m').ToString();
    }

    private void Append(StringBuilder codes, Color color, bool background)
    {
        if (mode == ColorMode.Mono || color.A == 0)
        {
            return;
        }

        ColorName16 name = color.GetClosestNamedColor16();
        if (mode == ColorMode.Ansi16 || color == new Color(name))
        {
            codes.Append(CultureInfo.InvariantCulture, $";{Ansi(name) + (background ? 10 : 0)}");
        }
        else if (mode == ColorMode.Indexed256)
        {
            codes.Append(CultureInfo.InvariantCulture, $";{(background ? 48 : 38)};5;{Cube(color)}");
        }
        else
        {
            codes.Append(CultureInfo.InvariantCulture, $";{(background ? 48 : 38)};2;{color.R};{color.G};{color.B}");
        }
    }

    private static int Ansi(ColorName16 name) => name switch
    {
        ColorName16.Black => 30,
        ColorName16.Red => 31,
        ColorName16.Green => 32,
        ColorName16.Yellow => 33,
        ColorName16.Blue => 34,
        ColorName16.Magenta => 35,
        ColorName16.Cyan => 36,
        ColorName16.Gray => 37,
        ColorName16.DarkGray => 90,
        ColorName16.BrightRed => 91,
        ColorName16.BrightGreen => 92,
        ColorName16.BrightYellow => 93,
        ColorName16.BrightBlue => 94,
        ColorName16.BrightMagenta => 95,
        ColorName16.BrightCyan => 96,
        _ => 97,
    };

    private static int Cube(Color color) => 16 + (36 * Step(color.R)) + (6 * Step(color.G)) + Step(color.B);

    private static int Step(int value)
    {
        int best = 0;
        for (int i = 1; i < CubeSteps.Length; i++)
        {
            best = Math.Abs(CubeSteps[i] - value) < Math.Abs(CubeSteps[best] - value) ? i : best;
        }

        return best;
    }
}
