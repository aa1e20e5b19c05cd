using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Terminal.Gui.Drawing;
using Terminal.Gui.ViewBase;

namespace Latmon.Tui.Views;

/// <summary>A view that draws its own cells, all of them, on every frame. Views do not overlap.</summary>
internal abstract class PaneView(ScreenState state, Theme theme, GlyphSet glyphs) : View
{
    protected ScreenState State => state;

    protected abstract void Paint(Canvas canvas);

    protected override bool OnClearingViewport() => true;

    protected override bool OnDrawingContent(DrawContext? context)
    {
        if (App?.Driver is { Contents: { } cells } driver)
        {
            Canvas canvas = new(cells, driver.GetOutputBuffer().DirtyLines, FrameToScreen(), theme, glyphs);
            canvas.Clear();
            Paint(canvas);
        }

        return true;
    }

    /// <summary>The rule above a pane, with its name; the pane that takes the keys is marked by more than a colour.</summary>
    protected static int PaintTitle(Canvas canvas, string title, bool focused)
    {
        canvas.Fill(0, 0, canvas.Width, canvas.Glyphs.Rule, Ink.Dim);
        string text = focused ? $" {canvas.Glyphs.Marker} {title} " : $" {title} ";
        return canvas.Text(1, 0, text, focused ? Ink.FocusedTitle : Ink.Title, canvas.Width - 2);
    }
}
