using System.Globalization;
using Latmon.Pipeline.Filtering;
using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tables;

namespace Latmon.Tui.Views;

/// <summary>First line: where this is, whether it moves, through which filter, and how much.</summary>
internal sealed class HeaderView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    private const int SparkWidth = 24;

    protected override void Paint(Canvas canvas)
    {
        LineSegments line = new();
        line.Add("latmon", Ink.Strong, 3);
        line.Add(State.Options.Host, Ink.Text, 4);
        line.Add(State.Options.Kernel, Ink.Dim, 6);
        line.Add(State.IsFrozen ? $" PAUSED {Age(State.FrozenFor)} " : State.Options.Source, State.IsFrozen ? Ink.Paused : Ink.Live, 0);
        TraceFilter filter = State.ViewFilter;
        line.Add(filter.IsEmpty ? "filter: none" : $"filter: {filter}", filter.IsEmpty ? Ink.Dim : Ink.Strong, filter.IsEmpty ? 5 : 1);
        line.Add($"{GroupColumns.RateText(State.Shown.Duration.PerSecond)} req/s", Ink.Text, 2);
        line.Paint(canvas, 0);

        if (canvas.Width >= 140 && State.Shown.RateHistory.Length > 0)
        {
            canvas.Text(canvas.Width - SparkWidth - 6, 0, "req/s", Ink.Dim);
            Sparkline.Draw(canvas, canvas.Width - SparkWidth, 0, SparkWidth, [.. State.Shown.RateHistory.Select(rate => (long)(rate * 1_000))], Ink.Calm);
        }
    }

    private static string Age(TimeSpan age) => age.TotalSeconds < 100
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalSeconds}s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes}m{age.Seconds:00}s");
}
