using System.Text;
using Latmon.Tui.Output;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

public sealed class FrameDiffTests
{
    /// <summary>Of the design: at most 40 KB/s at 120x40; two snapshots a second leave 20 KB for one.</summary>
    private const int MostBytesPerFrame = 20_000;

    [Theory]
    [InlineData(ColorMode.Mono)]
    [InlineData(ColorMode.Ansi16)]
    [InlineData(ColorMode.Indexed256)]
    [InlineData(ColorMode.TrueColor)]
    public void Differences_add_up_to_the_same_picture_as_a_full_redraw(ColorMode color)
    {
        using HeadlessScreen screen = new(120, 40, color);
        for (int step = 0; step < 12; step++)
        {
            screen.Show(Snapshots.Busy(step));
            screen.Press(step switch { 3 => Key.Enter, 5 => Key.Esc, 7 => new Key('?'), 9 => Key.Esc, _ => Key.CursorDown });
        }

        TerminalModel differences = new(120, 40);
        screen.Frames.ForEach(differences.Apply);
        screen.Frames.Clear();
        screen.Press(Key.L.WithCtrl);
        TerminalModel whole = new(120, 40);
        whole.Apply(Assert.Single(screen.Frames));

        Assert.Equal(whole.Picture(), differences.Picture());
        Assert.Equal(screen.Text(), differences.Text());
    }

    [Fact]
    public void A_frame_in_which_everything_moves_stays_in_the_budget()
    {
        using HeadlessScreen screen = new(120, 40, ColorMode.Indexed256);
        screen.Show(Snapshots.Busy());
        screen.Frames.Clear();
        for (int step = 1; step <= 10; step++)
        {
            screen.Show(Snapshots.Busy(step));
        }

        int perFrame = screen.Frames.Sum(Encoding.UTF8.GetByteCount) / 10;
        Assert.InRange(perFrame, 1, MostBytesPerFrame);
    }

    [Fact]
    public void A_screen_that_did_not_change_writes_nothing()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy()).Show(Snapshots.Busy());
        screen.Frames.Clear();
        screen.Show(Snapshots.Busy());

        Assert.Empty(screen.Frames);
    }

    [Fact]
    public void A_frame_is_one_write_between_synchronized_update_marks()
    {
        using HeadlessScreen screen = new(80, 24);
        screen.Frames.Clear();
        screen.Show(Snapshots.Busy());

        string frame = Assert.Single(screen.Frames);
        Assert.StartsWith("\e[?2026h", frame);
        Assert.EndsWith("\e[?2026l", frame);
    }

    [Fact]
    public void After_a_resize_everything_is_drawn_again()
    {
        using HeadlessScreen screen = new(120, 40);
        screen.Show(Snapshots.Busy());
        screen.Frames.Clear();
        screen.Resize(80, 24);

        TerminalModel terminal = new(80, 24);
        screen.Frames.ForEach(terminal.Apply);
        Assert.Contains("\e[2J", screen.Frames[0]);
        Assert.Equal(screen.Text(), terminal.Text());
    }
}
