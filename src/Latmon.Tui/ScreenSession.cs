using System.Reactive.Concurrency;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Drawing;
using Latmon.Tui.Keys;
using Latmon.Tui.Output;
using Latmon.Tui.State;
using Latmon.Tui.Views;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;

namespace Latmon.Tui;

/// <summary>
/// Joins the parts on one initialised application: snapshots in, keys and mouse in, frames out. The same for a real
/// terminal and for a headless driver.
/// </summary>
internal sealed class ScreenSession : IDisposable
{
    /// <summary>Ages on the screen move on although nothing arrives.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly IApplication _app;
    private readonly ScreenOptions _options;
    private readonly FrameDiff _frames;
    private readonly SnapshotFeed _feed;
    private readonly ScreenCommands _commands;
    private readonly IDisposable _subscription;
    private readonly object? _tick;

    public ScreenSession(IApplication app, ScreenOptions options)
    {
        _app = app;
        _options = options;
        ColorMode color = options.Color == ColorMode.Auto ? ColorModes.Detect(options.Environment) : options.Color;
        IDriver driver = app.Driver ?? throw new InvalidOperationException("the application has no driver yet");
        _frames = new FrameDiff(new Sgr(color), options.Output ?? driver.WriteRaw);
        _feed = new SnapshotFeed(options.Snapshots, options.Refresh, options.Pace ?? DefaultScheduler.Instance);
        State = new ScreenState(options);
        ScreenMemory memory = ScreenMemory.Parse(options.Remembered);
        State.Panes.Restore(memory);
        Theme theme = new(color, memory.Theme ?? options.Theme, ScreenColors.Parse(options.Colors));
        GlyphSet glyphs = GlyphSet.For(options.Ascii, options.Environment);
        _commands = new ScreenCommands(State)
        {
            Quit = app.RequestStop,
            Redraw = Redraw,
            Suspend = Suspend,
            Refresh = _feed.Change,
            Write = options.Output ?? driver.WriteRaw,
            Glyphs = glyphs,
            Theme = theme,
            TakeMouse = wanted => TerminalModes.TakeMouse(driver, wanted),
            HasMouse = memory.Mouse ?? options.Mouse,
        };
        Window = new ScreenWindow(State, _commands, () => driver.Screen.Size, theme, glyphs);
        Window.DrawComplete += (_, _) => EmitFrame();
        app.LayoutAndDrawComplete += OnDrawn;
        app.ScreenChanged += OnScreenChanged;
        app.Keyboard.KeyDown += OnKey;
        app.Mouse.MouseEvent += OnMouse;
        app.Paste += OnPaste;
        _subscription = _feed.On(new TerminalGuiScheduler(app)).Subscribe(OnSnapshot);
        _tick = app.AddTimeout(Tick, OnTick);
    }

    /// <summary>Stops the process and returns when it goes on; nothing where there is no shell that could.</summary>
    public Action<Action<string>> Stop { get; init; } = _ => { };

    /// <summary>Tells the keys that are no keys but the beginning of what has not come yet.</summary>
    public Predicate<Key> IsPartOfSequence { get; init; } = _ => false;

    public ScreenState State { get; }

    public ScreenWindow Window { get; }

    /// <summary>Everything again, from a wiped screen.</summary>
    public void Redraw()
    {
        _frames.Forget();
        Window.Refresh();
    }

    public bool HasMouse => _commands.HasMouse;

    /// <summary>Choices that differ from what the settings say are kept, the others are left to the settings.</summary>
    public void Remember() => _options.Remember?.Invoke((State.Panes.Keep() with
    {
        Theme = _commands.Theme.Name == _options.Theme ? null : _commands.Theme.Name,
        Mouse = HasMouse == _options.Mouse ? null : HasMouse,
    }).ToString());

    public void Dispose()
    {
        _subscription.Dispose();
        _feed.Dispose();
        _app.RemoveTimeout(_tick!);
        _app.LayoutAndDrawComplete -= OnDrawn;
        _app.ScreenChanged -= OnScreenChanged;
        _app.Keyboard.KeyDown -= OnKey;
        _app.Mouse.MouseEvent -= OnMouse;
        _app.Paste -= OnPaste;
        Window.Dispose();
    }

    private void OnSnapshot(Snapshot snapshot)
    {
        State.Accept(snapshot);
        Window.Refresh();
    }

    private bool OnTick()
    {
        if (State.IsFrozen)
        {
            Window.Refresh();
        }

        return true;
    }

    /// <summary>The first frame hides the cursor; Terminal.Gui would hide it again in every round of its loop.</summary>
    private void OnDrawn(object? sender, EventArgs e) => _app.Driver?.SetCursorNeedsUpdate(false);

    private void OnScreenChanged(object? sender, EventArgs e) => Redraw();

    /// <summary>
    /// No key goes on to Terminal.Gui: its own bindings would quit on Esc. With Alt is what a terminal sends when Esc and the key
    /// were pressed shortly after one another.
    /// </summary>
    private void OnKey(object? sender, Key key)
    {
        key.Handled = true;
        if (IsPartOfSequence(key))
        {
            return;
        }

        if (key.IsAlt)
        {
            Press(Key.Esc);
        }

        Press(key.NoAlt);
    }

    private void Press(Key key) => Window.Press(KeyName.Of(key), KeyName.Typed(key));

    private void OnMouse(object? sender, Mouse mouse)
    {
        PointerAct? act = mouse.Flags switch
        {
            var flags when flags.HasFlag(MouseFlags.WheeledDown) => PointerAct.WheelDown,
            var flags when flags.HasFlag(MouseFlags.WheeledUp) => PointerAct.WheelUp,
            var flags when flags.HasFlag(MouseFlags.LeftButtonPressed | MouseFlags.PositionReport) => PointerAct.Drag,
            var flags when flags.HasFlag(MouseFlags.LeftButtonPressed) => PointerAct.Press,
            var flags when flags.HasFlag(MouseFlags.LeftButtonReleased) => PointerAct.Release,
            _ => null,
        };
        if (act is { } known)
        {
            Window.Point(mouse.ScreenPosition, known);
        }

        mouse.Handled = true;
    }

    private void OnPaste(object? sender, PasteEventArgs paste)
    {
        Window.Paste(paste.Text);
        paste.Handled = true;
    }

    private void EmitFrame()
    {
        if (_app.Driver is { Contents: { } cells } driver)
        {
            _frames.Emit(cells, driver.GetOutputBuffer().DirtyLines);
        }
    }

    private void Suspend()
    {
        Stop(_options.Output ?? _app.Driver!.WriteRaw);
        TerminalModes.TakeMouse(_app.Driver!, HasMouse);
        Redraw();
    }
}
