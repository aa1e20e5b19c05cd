using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;

namespace Latmon.Tui.Tests;

/// <summary>Every state of the screen at every size class, as text files that a person can judge.</summary>
public sealed class ScreenTests
{
    private static readonly Dictionary<string, Action<HeadlessScreen>> States = new()
    {
        ["empty"] = _ => { },
        ["busy"] = screen => screen.Show(Snapshots.Busy()).Show(Snapshots.Busy(1)),
        ["frozen"] = screen => screen.Show(Snapshots.Busy()).Press(Key.Space).Wait(TimeSpan.FromSeconds(42))
            .Show(Snapshots.Busy(3)),
        ["stepped-back"] = screen => screen.Show(Snapshots.Busy()).Show(Snapshots.Busy(2)).Show(Snapshots.Busy(12)).Type("[["),
        ["waterfall-layer"] = screen => screen.Show(Snapshots.Busy()).Press(Key.CursorDown, Key.CursorDown, Key.Enter).Type("jjj"),
        ["waterfall-details"] = screen => screen.Show(Snapshots.Busy()).Press(Key.Enter).Type("d"),
        ["connection-requests"] = screen => screen.Show(Snapshots.Busy()).Type("vvvv").Press(Key.Enter),
        ["filter-error"] = screen => screen.Show(Snapshots.Busy()).Type("/prot:80").Press(Key.Enter),
        ["filter-typed"] = screen => screen.Show(Snapshots.Busy()).Type("/status:5xx proc:"),
        ["lost"] = screen => screen.Show(Snapshots.Busy()).Show(Snapshots.Losing(1_234)),
        ["waterfall"] = screen => screen.Show(Snapshots.Busy()).Press(Key.Enter),
        ["waterfall-nested"] = screen => screen.Show(Snapshots.With(Chain.Request())).Press(Key.Enter).Type("ze"),
        ["waterfall-trouble"] = screen => screen.Show(Snapshots.With(Chain.Troubled())).Press(Key.Enter).Type("z"),
        ["statement-requests"] = screen => screen.Show(Snapshots.Busy()).Type("V").Press(Key.Enter),
        ["help-end"] = screen => screen.Show(Snapshots.Busy()).Type("?").Press(Key.End),
        ["help"] = screen => screen.Show(Snapshots.Busy()).Type("?"),
        ["routes"] = screen => screen.Show(Snapshots.Busy()).Type("vv"),
        ["services"] = screen => screen.Show(Snapshots.Busy()).Type("vvv"),
        ["connections"] = screen => screen.Show(Snapshots.Busy()).Type("vvvv"),
        ["statements"] = screen => screen.Show(Snapshots.Busy()).Type("V"),
        ["waterfall-bar"] = screen => screen.Show(Snapshots.Busy()).Press(Key.Enter).Type("zjjjjjjjj"),
        ["waterfall-zoomed"] = screen => screen.Show(Snapshots.Busy()).Press(Key.Enter).Type("zjjjjjjjjbe"),
        ["tail"] = screen => screen.Show(Traffic.Pausing()).Type("vvt"),
        ["heatmap"] = screen => screen.Show(Traffic.Pausing()).Type("m"),
        ["search"] = screen => screen.Show(Snapshots.Busy()).Type("fitems"),
        ["filtered-out"] = screen => screen.Show(Snapshots.Busy()).Type("/>5s"),
    };

    public static TheoryData<string, int, int> Cases()
    {
        TheoryData<string, int, int> cases = [];
        foreach (string state in States.Keys)
        {
            foreach ((int width, int height) in new[] { (20, 5), (60, 20), (80, 24), (120, 40), (200, 60) })
            {
                cases.Add(state, width, height);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Screen_is_as_drawn(string state, int width, int height)
    {
        using HeadlessScreen screen = new(width, height, with: options => options with { Filter = Port80 });
        States[state](screen);

        GoldenScreen.Equals($"{state}-{width}x{height}", screen.Text());
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    [InlineData(200, 60)]
    public void A_file_of_saved_requests_says_what_its_figures_are_of(int width, int height)
    {
        using HeadlessScreen screen = new(width, height, with: options => options with
        {
            IsLive = false,
            Source = "FILE shop.ndjson",
            SelfUsage = null,
            BootedAt = null,
            Host = "",
            Kernel = "",
        });
        screen.Show(TraceSnapshot.Of(Snapshots.Requests()));

        GoldenScreen.Equals($"file-{width}x{height}", screen.Text());
    }

    [Theory]
    [InlineData("vt100")]
    [InlineData("linux")]
    public void Terminals_without_unicode_blocks_show_the_same_with_what_they_have(string term)
    {
        using HeadlessScreen screen = new(80, 24, with: options => options with
        {
            Environment = name => name switch { "TERM" => term, "LANG" => "C.UTF-8", _ => null },
        });
        screen.Show(Snapshots.Busy()).Press(Key.Enter);

        GoldenScreen.Equals($"waterfall-{term}-80x24", screen.Text());
    }

    private static TraceFilter Port80 => new() { Ports = [80] };
}
