using System.Drawing;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using System.Runtime.CompilerServices;
using System.Text;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Output;
using Latmon.Tui.State;
using Latmon.Tui.Views;
using Terminal.Gui.App;
using Terminal.Gui.Input;
using Terminal.Gui.Testing;
using Terminal.Gui.Time;

namespace Latmon.Tui.Tests.Fixtures;

/// <summary>
/// The whole screen on a driver without a terminal, with virtual time: snapshots and keys go in as they do in real life,
/// the cells and the bytes for the terminal come out.
/// </summary>
internal sealed class HeadlessScreen : IDisposable
{
    private readonly IApplication _app;
    private readonly VirtualTimeProvider _uiTime = new();
    private readonly HistoricalScheduler _pace = new(DateTimeOffset.UnixEpoch);
    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch);
    private readonly Subject<Snapshot> _snapshots = new();
    private readonly ScreenSession _session;
    private readonly SessionToken _token;

    public HeadlessScreen(
        int width, int height, ColorMode color = ColorMode.Ansi16, Func<ScreenOptions, ScreenOptions>? with = null)
    {
        ScreenOptions options = new()
        {
            Snapshots = _snapshots,
            ApplyFilter = filter =>
            {
                Applied = filter;
                return Refusal;
            },
            Host = "shop-1",
            Kernel = "6.1.0",
            BootedAt = DateTimeOffset.UnixEpoch - TimeSpan.FromDays(12),
            SelfUsage = () => new SelfUsage(1.4, 27 << 20),
            ProbeCost = () => Cost,
            Reductions = ["the accept queue stays inside the first request's socket wait, marked inferred"],
            Color = color,
            Clock = _clock,
            Pace = _pace,
            Output = frame => Frames.Add(frame),
            Environment = name => name == "LANG" ? "C.UTF-8" : null,
        };
        _app = Application.Create(_uiTime);
        _app.Init("ansi");
        _app.Driver!.SetScreenSize(width, height);
        _session = new ScreenSession(_app, with?.Invoke(options) ?? options);
        _token = _app.Begin(_session.Window)!;
        Draw();
    }

    /// <summary>What was written to the terminal, one string per frame.</summary>
    public List<string> Frames { get; } = [];

    public TraceFilter? Applied { get; private set; }

    /// <summary>What applying a filter answers.</summary>
    public string? Refusal { get; set; }

    /// <summary>What the observed processes pay.</summary>
    public ProbeCost Cost { get; set; } = new(1_900, 0.6, false);

    public bool HasQuit => _session.Window.StopRequested;

    public ScreenState State => _session.State;

    [ModuleInitializer]
    internal static void WithoutTerminal() => Environment.SetEnvironmentVariable("DisableRealDriverIO", "1");

    public HeadlessScreen Show(Snapshot snapshot)
    {
        _snapshots.OnNext(snapshot);
        _pace.AdvanceBy(TimeSpan.FromSeconds(5));
        Draw();
        return this;
    }

    public HeadlessScreen Press(params Key[] keys)
    {
        foreach (Key key in keys)
        {
            _app.InjectKey(key);
            Draw();
        }

        return this;
    }

    /// <summary>A key by the name that the key table has for it.</summary>
    public void PressNamed(string name, string typed)
    {
        _session.Window.Press(name, typed);
        Draw();
    }

    public HeadlessScreen Type(string text) => Press([.. text.Select(letter => new Key(letter))]);

    public HeadlessScreen Click(Point at)
    {
        _app.InjectSequence(InputInjectionExtensions.LeftButtonClick(at));
        Draw();
        return this;
    }

    public HeadlessScreen Drag(Point from, Point to)
    {
        _session.Window.Point(from, PointerAct.Press);
        _session.Window.Point(to, PointerAct.Drag);
        _session.Window.Point(to, PointerAct.Release);
        Draw();
        return this;
    }

    public HeadlessScreen Wheel(Point at, bool down)
    {
        _session.Window.Point(at, down ? PointerAct.WheelDown : PointerAct.WheelUp);
        Draw();
        return this;
    }

    public bool HasMouse => _session.HasMouse;

    /// <summary>As at the end of a run.</summary>
    public void Remember() => _session.Remember();

    public HeadlessScreen Resize(int width, int height)
    {
        _app.Driver!.SetScreenSize(width, height);
        Draw();
        return this;
    }

    public HeadlessScreen Wait(TimeSpan time)
    {
        _clock.Now += time;
        _uiTime.Advance(time);
        Draw();
        return this;
    }

    public string Line(int row) => Text().Split('\n')[row];

    /// <summary>The screen as text, without blanks at the ends of lines.</summary>
    public string Text()
    {
        Terminal.Gui.Drawing.Cell[,] cells = _app.Driver!.Contents!;
        StringBuilder text = new();
        for (int row = 0; row < cells.GetLength(0); row++)
        {
            StringBuilder line = new();
            for (int column = 0; column < cells.GetLength(1); column++)
            {
                line.Append(cells[row, column].Grapheme);
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    public Terminal.Gui.Drawing.Cell[,] Cells => _app.Driver!.Contents!;

    public void Dispose()
    {
        _app.End(_token);
        _session.Dispose();
        _app.Dispose();
    }

    private void Draw()
    {
        _app.TimedEvents!.RunTimers();
        _app.LayoutAndDraw();
    }

    private sealed class ManualClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
