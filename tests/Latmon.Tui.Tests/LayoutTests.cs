using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

public sealed class LayoutTests
{
    [Fact]
    public void A_screen_that_is_too_small_says_so_and_still_quits()
    {
        using HeadlessScreen screen = new(19, 4);
        screen.Show(Snapshots.Busy());
        Assert.Equal("need 20x5", screen.Line(0));

        screen.Press(new Key('q'));
        Assert.True(screen.HasQuit);
    }

    [Fact]
    public void Any_size_can_be_drawn()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Losing(3)).Press(Key.Enter);
        for (int size = 1; size < 160; size += 3)
        {
            screen.Resize(size, Math.Max(1, size / 3)).Press(Key.Tab).Type("?").Press(Key.Esc);
        }

        Assert.Contains("LIVE", screen.Line(0));
    }

    [Fact]
    public void Each_pane_can_have_the_whole_screen()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Type("z");
        Assert.StartsWith("─ ▸ Slowest requests", screen.Line(1));
        Assert.DoesNotContain("Layers", screen.Text());
        screen.Type("z1z");
        Assert.StartsWith("─ ▸ Layers", screen.Line(1));
        Assert.DoesNotContain("Slowest requests", screen.Text());
        screen.Type("z3z");
        Assert.StartsWith("─ ▸ GET /checkout", screen.Line(1));
        screen.Press(Key.Esc);
        Assert.Contains("Slowest requests", screen.Text());
    }

    [Fact]
    public void Coming_back_to_a_size_gives_the_same_screen()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy());
        string before = screen.Text();

        Assert.Equal(before, screen.Resize(60, 12).Resize(120, 40).Text());
    }

    [Fact]
    public void A_layer_that_could_not_be_measured_is_never_zero()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy());
        string line = Array.Find(screen.Text().Split('\n'), text => text.Contains("Accept queue", StringComparison.Ordinal))!;

        Assert.StartsWith(" ?Accept queue       not measurable here", line);
        Assert.DoesNotContain('0', line);
    }

    [Fact]
    public void The_tail_after_the_response_never_squeezes_the_request()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.With(RequestBuilder.Usual("t", "/quick", RequestBuilder.Ms).Delivered(40 * RequestBuilder.Ms).Build()));
        screen.Press(Key.Enter).Type("z");
        string application = screen.Text().Split('\n').First(text => text.StartsWith("  Application", StringComparison.Ordinal));

        Assert.InRange(application.Count(letter => letter == '█'), 40, 120);
        Assert.Contains("after the response", screen.Text());
    }
}
