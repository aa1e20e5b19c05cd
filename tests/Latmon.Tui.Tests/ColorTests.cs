using System.Text.RegularExpressions;
using Latmon.Tui.Output;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

public sealed partial class ColorTests
{
    [Fact]
    public void No_color_emits_no_color_sequence()
    {
        using HeadlessScreen screen = WithEnvironment(("NO_COLOR", "1"), ("TERM", "xterm-256color"), ("COLORTERM", "truecolor"));
        screen.Show(Snapshots.Losing(5)).Press(Key.Enter, Key.Space);

        Assert.DoesNotContain(screen.Frames, frame => Color().IsMatch(frame));
    }

    [Theory]
    [InlineData(null, "xterm-256color", null, ColorMode.Indexed256)]
    [InlineData("", "xterm-256color", null, ColorMode.Indexed256)]
    [InlineData("1", "xterm-256color", "truecolor", ColorMode.Mono)]
    [InlineData(null, "xterm", null, ColorMode.Ansi16)]
    [InlineData(null, "xterm", "truecolor", ColorMode.TrueColor)]
    [InlineData(null, "dumb", null, ColorMode.Mono)]
    [InlineData(null, null, null, ColorMode.Mono)]
    public void Environment_decides_the_colors(string? noColor, string? term, string? colorTerm, ColorMode expected)
    {
        Dictionary<string, string?> environment = new() { ["NO_COLOR"] = noColor, ["TERM"] = term, ["COLORTERM"] = colorTerm };

        Assert.Equal(expected, ColorModes.Detect(name => environment.GetValueOrDefault(name)));
    }

    [Fact]
    public void Sixteen_colors_are_those_that_the_user_chose_for_the_terminal()
    {
        using HeadlessScreen screen = new(120, 40, ColorMode.Ansi16);
        screen.Show(Snapshots.Busy());

        Assert.DoesNotContain(screen.Frames, frame => frame.Contains(";38;", StringComparison.Ordinal));
        Assert.Contains(screen.Frames, frame => frame.Contains("\e[0;32m", StringComparison.Ordinal));
    }

    [Fact]
    public void Background_is_always_the_one_of_the_terminal()
    {
        using HeadlessScreen screen = new(120, 40, ColorMode.TrueColor);
        screen.Show(Snapshots.Losing(1)).Press(Key.Enter);

        Assert.DoesNotContain(screen.Frames, frame => Background().IsMatch(frame));
    }

    [Fact]
    public void Ascii_mode_writes_only_ascii()
    {
        using HeadlessScreen screen = new(120, 40, with: options => options with { Ascii = true });
        screen.Show(Snapshots.With(RequestBuilder.Usual("x", "/café/日本", 5 * RequestBuilder.Ms).Build())).Press(Key.Enter);

        Assert.All(screen.Frames, frame => Assert.True(System.Text.Ascii.IsValid(frame)));
    }

    [Fact]
    public void A_locale_without_utf8_gets_ascii()
    {
        using HeadlessScreen screen = WithEnvironment(("LC_ALL", "C"), ("LANG", "en_US.UTF-8"), ("TERM", "xterm"));
        screen.Show(Snapshots.Busy());

        Assert.All(screen.Frames, frame => Assert.True(System.Text.Ascii.IsValid(frame)));
    }

    private static HeadlessScreen WithEnvironment(params (string Name, string Value)[] variables) =>
        new(120, 40, ColorMode.Auto, options => options with
        {
            Environment = name => Array.Find(variables, variable => variable.Name == name).Value,
        });

    [GeneratedRegex(@"\e\[[0-9;]*;(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]")]
    private static partial Regex Color();

    [GeneratedRegex(@"\e\[[0-9;]*;(4[0-8]|10[0-7])m|;48;")]
    private static partial Regex Background();
}
