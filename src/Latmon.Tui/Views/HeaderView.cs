using System.Collections.Immutable;
using Latmon.Pipeline.Filtering;
using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tables;
using Latmon.Tui.Waterfall;

namespace Latmon.Tui.Views;

/// <summary>First line: where this is, whether it moves, through which filter, and how much.</summary>
internal sealed class HeaderView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    private const int SparkWidth = 24;
    private const string FilterLabel = "filter: ";

    protected override void Paint(Canvas canvas)
    {
        LineSegments line = new();
        line.Add("latmon", Ink.Strong, 3);
        line.Add(State.Options.Host, Ink.Text, 4);
        line.Add(State.Options.Kernel, Ink.Dim, 6);
        line.Add(State.Options.BootedAt is { } booted ? $"up {Uptime(State.Options.Clock.GetUtcNow() - booted)}" : "", Ink.Dim, 7);
        line.Add(State.IsFrozen ? $" PAUSED {Age(State.Timeline.FrozenFor)} " : "", Ink.Paused, 0);
        line.Add(State.IsFrozen ? Moment() : "", Ink.Strong, 1);
        line.Add(State.IsFrozen ? "" : State.Options.Source, Ink.Live, 0);
        TraceFilter filter = State.ViewFilter;
        line.Add(filter.IsEmpty ? "filter: none" : "", Ink.Dim, 5);
        int terms = line.Count;
        line.Add(filter.IsEmpty ? "" : $"{FilterLabel}{filter}", Ink.Strong, 1);
        line.Add(
            State.Options.IsLive
                ? $"{GroupColumns.RateText(State.Shown.Duration.PerSecond)} req/s"
                : $"{State.Shown.Duration.Count} saved requests",
            Ink.Text,
            2);
        int[] starts = line.Paint(canvas, 0);
        State.FilterColumn = filter.IsEmpty || starts[terms] < 0 ? -1 : starts[terms] + FilterLabel.Length;

        if (canvas.Width >= 140 && State.Shown.RateHistory.Length > 0)
        {
            canvas.Text(canvas.Width - SparkWidth - 6, 0, "req/s", Ink.Dim);
            ImmutableArray<long> milliRates = [.. State.Shown.RateHistory.Select(rate => (long)(rate * 1_000))];
            Sparkline.Draw(canvas, canvas.Width - SparkWidth, 0, SparkWidth, milliRates, Ink.Calm);
        }
    }

    /// <summary>Which moment is shown, and how far it lies behind the newest.</summary>
    private string Moment()
    {
        string at = RequestDetail.ClockTime(State.Shown.TakenUnixNs, State.Options.Clock.LocalTimeZone, "HH:mm:ss");
        return State.Timeline.Behind < TimeSpan.FromSeconds(1) ? at : $"{at} -{Age(State.Timeline.Behind)}";
    }

    private static string Uptime(TimeSpan up) => up switch
    {
        { TotalDays: >= 2 } => $"{(int)up.TotalDays}d",
        { TotalHours: >= 2 } => $"{(int)up.TotalHours}h",
        _ => $"{(int)up.TotalMinutes}m",
    };

    private static string Age(TimeSpan age) => age.TotalSeconds < 100
        ? $"{(int)age.TotalSeconds}s"
        : $"{(int)age.TotalMinutes}m{age.Seconds:00}s";
}
