using Latmon.Tui.Drawing;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

/// <summary>Anybody who can send a request can choose what stands on the screen, but not what the terminal does.</summary>
public sealed class SafeTextTests
{
    private const string Hostile = "/\e[2J\e]0;owned\a\x9b31m\r\n\b\u202e\u200b日e\u0301\ud83d\ude00\ud800end";

    [Fact]
    public void Hostile_text_reaches_the_terminal_as_plain_cells()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.With(RequestBuilder.Usual("h", Hostile, 5 * RequestBuilder.Ms).Method("G\eT").Process("\e[31mevil", 6)
            .Span("\e]52;c;AAAA\a", 0, RequestBuilder.Ms, Hostile).Incomplete(Hostile).Build()));
        screen.Press(Key.Enter);

        TerminalModel terminal = new(120, 40);
        screen.Frames.ForEach(terminal.Apply);
        Assert.DoesNotContain('\e', terminal.Picture());
        Assert.Contains("end", screen.Text());
    }

    [Fact]
    public void Every_character_takes_one_cell()
    {
        string clean = SafeText.Clean(Hostile, ascii: false);

        Assert.DoesNotContain(clean, char.IsControl);
        Assert.DoesNotContain(clean, char.IsSurrogate);
        Assert.Equal(Hostile.EnumerateRunes().Count(), clean.Length);
    }

    [Fact]
    public void Every_code_point_is_safe()
    {
        for (int code = 0; code <= 0x10FFFF; code = code == 0xD7FF ? 0xE000 : code + 1)
        {
            string clean = SafeText.Clean(char.ConvertFromUtf32(code), ascii: code % 2 == 0);
            Assert.True(clean.Length == 1 && !char.IsControl(clean[0]), $"U+{code:X4}");
        }
    }

    [Fact]
    public void A_pasted_text_cannot_press_enter()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Type("/");
        screen.State.FilterLine.Editor.Insert("port:80\r\nq\e");

        Assert.Equal("port:80q", screen.State.FilterLine.Text);
        Assert.Null(screen.Applied);
    }
}
