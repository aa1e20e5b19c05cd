using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

public sealed class MemoryTests
{
    [Fact]
    public void Sizes_hidden_panes_and_theme_come_back_in_the_next_run()
    {
        string kept = "";
        using (HeadlessScreen first = new(120, 40, with: options => options with { Remember = text => kept = text }))
        {
            first.Show(Snapshots.Busy()).Type(")))1xT").Press(Key.CursorUp.WithCtrl).Remember();
        }

        using HeadlessScreen second = new(120, 40, with: options => options with { Remembered = kept });
        second.Show(Snapshots.Busy());

        Assert.Equal(58, second.State.Panes.ListPercent);
        Assert.Equal(1, second.State.Panes.LayersCut);
        Assert.True(second.State.Panes.IsHidden(Pane.Layers));
        Assert.DoesNotContain("Whole request   ", second.Line(2));
        Assert.Contains("\"theme\":\"Dark\"", kept);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"listPercent\":\"wide\",\"hidden\":[7,\"Nothing\",\"Requests\"],\"theme\":\"pink\",\"mouse\":3}")]
    [InlineData("{\"listPercent\":4000000000,\"layersCut\":-99999}")]
    public void What_cannot_be_read_is_forgotten(string text)
    {
        using HeadlessScreen screen = new(120, 40, with: options => options with { Remembered = text });
        screen.Show(Snapshots.Busy());

        Assert.InRange(screen.State.Panes.ListPercent, 20, 80);
        Assert.False(screen.State.Panes.IsHidden(Pane.Requests));
        Assert.Contains("Slowest requests (5)", screen.Text());
    }

    [Fact]
    public void A_hidden_pane_comes_back_with_its_key()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Type("3x");
        Assert.True(screen.State.Panes.IsHidden(Pane.Detail));
        screen.Press(Key.Enter);

        Assert.False(screen.State.Panes.IsHidden(Pane.Detail));
        screen.Type("1x2X");
        Assert.False(screen.State.Panes.IsHidden(Pane.Layers));
    }

    [Theory]
    [InlineData("Waiting", "#E69F00", true)]
    [InlineData("severe", "BrightRed", true)]
    [InlineData("Waiting", "#E69F0", false)]
    [InlineData("Waiting", "mauve", false)]
    [InlineData("Waiting", "3", false)]
    [InlineData("Sleeping", "Red", false)]
    public void A_chosen_colour_is_checked(string name, string value, bool valid) =>
        Assert.Equal(valid, ScreenColors.Check(name, value) is null);
}
