using System.Drawing;
using Latmon.Tui.Drawing;
using Latmon.Tui.Keys;
using Latmon.Tui.State;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace Latmon.Tui.Views;

/// <summary>The whole screen: places the panes and takes the keys, which all go through <see cref="KeyTable"/>.</summary>
internal sealed class ScreenWindow : Runnable
{
    private const int WheelLines = 3;

    private readonly ScreenState _state;
    private readonly Func<Size> _size;
    private readonly ScreenCommands _commands;
    private readonly Pointer _pointer;
    private readonly Theme _theme;
    private readonly GlyphSet _glyphs;
    private readonly (PaneView View, Func<ScreenLayout, Rectangle> Place)[] _panes;
    private ScreenLayout _layout = new();

    public ScreenWindow(ScreenState state, ScreenCommands commands, Func<Size> size, Theme theme, GlyphSet glyphs)
    {
        _state = state;
        _size = size;
        _commands = commands;
        _pointer = new Pointer(state, commands);
        _theme = theme;
        _glyphs = glyphs;
        _panes =
        [
            (new HeaderView(state, theme, glyphs), layout => layout.Header),
            (new LayersView(state, theme, glyphs), layout => layout.LayersPane),
            (new ListView(state, theme, glyphs), layout => layout.List),
            (new WaterfallView(state, theme, glyphs), layout => DetailOf(DetailKind.Waterfall, layout)),
            (new TailView(state, theme, glyphs), layout => DetailOf(DetailKind.Tail, layout)),
            (new HeatMapView(state, theme, glyphs), layout => DetailOf(DetailKind.HeatMap, layout)),
            (new HelpView(state, theme, glyphs), layout => layout.Help),
            (new StatusView(state, theme, glyphs), layout => layout.Status),
            (new HintView(state, theme, glyphs), layout => layout.Hints),
        ];

        // The title of the user's terminal window is not ours to change.
        Border.Settings &= ~BorderSettings.TerminalTitle;
        foreach ((PaneView view, _) in _panes)
        {
            Add(view);
        }

        Place();
    }

    /// <summary>True when the key meant something here.</summary>
    public bool Press(string name, string typed)
    {
        _state.Message = "";
        KeyScope scope = KeyTable.ScopeOf(_state);
        if (KeyTable.Find(name, scope) is { } binding)
        {
            binding.Run(_commands);
        }
        else if (KeyScope.Lines.HasFlag(scope) && typed.Length > 0)
        {
            _commands.Edit(line => line.Insert(typed));
        }
        else
        {
            return false;
        }

        Refresh();
        return true;
    }

    public void Paste(string text)
    {
        if (_state.OpenLine is not null)
        {
            _commands.Edit(line => line.Insert(text));
            Refresh();
        }
    }

    public void Point(Point at, PointerAct act)
    {
        switch (act)
        {
            case PointerAct.WheelDown or PointerAct.WheelUp:
                _pointer.Wheel(_layout, at, act == PointerAct.WheelDown ? WheelLines : -WheelLines);
                break;
            case PointerAct.Press:
                _state.Message = "";
                _pointer.Press(_layout, at);
                break;
            case PointerAct.Drag:
                _pointer.Drag(_layout, at, _size());
                break;
            default:
                _pointer.Release();
                return;
        }

        Refresh();
    }

    public void Refresh()
    {
        Place();
        SetNeedsDraw();
        foreach ((PaneView view, _) in _panes)
        {
            view.SetNeedsDraw();
        }
    }

    /// <summary>Comes before the panes are drawn; the content of a view comes after its subviews.</summary>
    protected override bool OnClearingViewport()
    {
        if (App?.Driver is { Contents: { } cells } driver)
        {
            Canvas canvas = new(cells, driver.GetOutputBuffer().DirtyLines, driver.Screen, _theme, _glyphs);
            canvas.Clear();
            if (_layout.IsTooSmall)
            {
                canvas.Text(0, 0, $"need {ScreenLayout.Least.Width}x{ScreenLayout.Least.Height}", Ink.Strong);
                canvas.Text(0, 1, "q quits", Ink.Text);
            }
        }

        return true;
    }

    private Rectangle DetailOf(DetailKind kind, ScreenLayout layout) => _state.Detail == kind ? layout.Detail : default;

    private void Place()
    {
        _layout = ScreenLayout.For(_size(), _state);
        foreach ((PaneView view, Func<ScreenLayout, Rectangle> place) in _panes)
        {
            Rectangle area = place(_layout);
            view.Visible = !area.IsEmpty;
            view.Frame = area;
        }
    }
}
