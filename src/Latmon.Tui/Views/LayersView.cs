using Latmon.Pipeline;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tables;
using Latmon.Tui.Waterfall;

namespace Latmon.Tui.Views;

/// <summary>
/// Where the time of all requests goes:
/// <code>
/// ─ ▸ Layers, last 10s ─────────── share of time ──── p50 ─── p90 ─── p99 ─── max ── rate/s ─ at once ─ p99 per window ──
///   Whole request                                  53.2ms  60.1ms  91.0ms   120ms     312     16.6
///   Network ingress                ▏            0%  9.0us   …
///   Socket wait                    ████████    41%
/// ~ Kernel TCP send                ?         not measurable here
/// </code>
/// </summary>
internal sealed class LayersView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    /// <summary>Those of a server: the rows of this table are requests that were served here.</summary>
    public const int LayerCount = (int)Layer.NetEgress + 1;

    private const int TitleWidth = 19;
    private const int FigureWidth = 8;
    private const int PercentWidth = 5;
    private const int LeastBar = 8;
    private const int LeastSpark = 12;
    private const int MostSpark = 60;

    /// <summary>Figures in the order in which they leave a narrow screen, last first.</summary>
    private static readonly (string Title, Func<LatencySummary, string> Text)[] Figures =
    [
        ("p50", summary => LatencyText.Format(summary.P50Ns)),
        ("p90", summary => LatencyText.Format(summary.P90Ns)),
        ("p99", summary => LatencyText.Format(summary.P99Ns)),
        ("max", summary => LatencyText.Format(summary.MaxNs)),
        ("rate/s", summary => GroupColumns.RateText(summary.PerSecond)),
        ("at once", summary => GroupColumns.RateText(AtOnce(summary))),
    ];

    /// <summary>p99 and p50 stay longest: a tail and what it is a tail of.</summary>
    private static readonly int[] FiguresKept = [2, 0, 3, 5, 1, 4];

    protected override void Paint(Canvas canvas)
    {
        bool focused = State.Panes.Focus == Pane.Layers;
        State.LayerCursor.Resize(LayerCount + 1, canvas.Height - 1);
        Plan plan = Plan.For(canvas.Width);
        int end = PaintTitle(canvas, TitleText(), focused);
        PaintHeadings(canvas, plan, end);
        for (int line = 0; line < canvas.Height - 1; line++)
        {
            int index = State.LayerCursor.Top + line;
            if (index > LayerCount)
            {
                break;
            }

            PaintRow(canvas, plan, line + 1, index, focused && index == State.LayerCursor.Index);
        }
    }

    /// <summary>
    /// How many requests were in it at the same time, in the mean: rate times mean time (Little's law). Of a wait it is the
    /// length of the queue.
    /// </summary>
    private static double AtOnce(LatencySummary summary) => summary.PerSecond * summary.TotalNs / summary.Count / 1e9;

    private string TitleText()
    {
        if (State.Shown.Span <= TimeSpan.Zero)
        {
            return "Layers";
        }

        string until = State.IsFrozen
            ? $" to {RequestDetail.ClockTime(State.Shown.TakenUnixNs, State.Options.Clock.LocalTimeZone, "HH:mm:ss")}"
            : "";
        string without = State.Filter.Layers.Length > 0 ? ", not limited by layer:" : "";
        return $"Layers, {Math.Max(1, Math.Round(State.Shown.Span.TotalSeconds))}s{until}{without}";
    }

    private static void PaintHeadings(Canvas canvas, Plan plan, int titleEnd)
    {
        if (plan.BarWidth > 0 && titleEnd < plan.BarX)
        {
            canvas.Text(plan.BarX, 0, "share", Ink.Heading, plan.BarWidth);
        }

        for (int i = 0; i < plan.Figures.Length; i++)
        {
            if (plan.FigureX(i) + 1 > titleEnd)
            {
                canvas.Right(plan.FigureX(i), 0, $" {Figures[plan.Figures[i]].Title}", Ink.Heading, FigureWidth);
            }
        }

        if (plan.SparkWidth > 0)
        {
            canvas.Right(plan.SparkX, 0, " p99 over time ", Ink.Heading, plan.SparkWidth);
        }
    }

    private void PaintRow(Canvas canvas, Plan plan, int y, int index, bool selected)
    {
        if (index == 0)
        {
            canvas.Text(2, y, "Whole request", Ink.Strong, TitleWidth);
            PaintFigures(canvas, plan, y, State.Shown.Duration, Ink.Strong);
        }
        else if (index - 1 < State.Shown.Layers.Length)
        {
            PaintLayer(canvas, plan, y, State.Shown.Layers[index - 1]);
        }
        else
        {
            canvas.Text(2, y, ((Layer)(index - 1)).Title(), Ink.Dim, TitleWidth);
        }

        if (selected)
        {
            canvas.Put(0, y, canvas.Glyphs.Marker, Ink.Paused);
        }
    }

    private static void PaintLayer(Canvas canvas, Plan plan, int y, LayerRow row)
    {
        bool unavailable = row.Unavailable > 0 && row.Summary.Count == 0;
        bool unused = !unavailable && row.Summary.Count == 0;
        canvas.Put(1, y, unavailable || row.Unavailable > 0 ? '?' : row.Inferred > 0 ? '~' : ' ', Ink.Raised);
        canvas.Text(2, y, row.Layer.Title(), unused || unavailable ? Ink.Dim : Ink.Text, TitleWidth);
        if (unavailable)
        {
            canvas.Text(plan.BarX, y, "not measurable here", Ink.Dim);
            return;
        }

        if (unused)
        {
            canvas.Text(plan.BarX, y, "-", Ink.Dim);
            return;
        }

        PaintShare(canvas, plan, y, row);
        PaintFigures(canvas, plan, y, row.Summary, Ink.Text);
        if (plan.SparkWidth > 0)
        {
            Sparkline.Draw(canvas, plan.SparkX, y, plan.SparkWidth, row.P99HistoryNs);
        }
    }

    private static void PaintShare(Canvas canvas, Plan plan, int y, LayerRow row)
    {
        if (row.Layer == Layer.NetEgress)
        {
            canvas.Text(plan.BarX, y, "after response", Ink.Dim, plan.BarWidth + PercentWidth);
            return;
        }

        Bar.Draw(canvas, plan.BarX, y, plan.BarWidth, row.Share, Theme.Of(row.Layer));
        string percent = row.Share is > 0 and < 0.005 ? "<1%" : $"{Math.Round(row.Share * 100)}%";
        canvas.Right(plan.BarX + plan.BarWidth, y, percent, Ink.Text, PercentWidth);
    }

    private static void PaintFigures(Canvas canvas, Plan plan, int y, LatencySummary summary, Ink ink)
    {
        for (int i = 0; i < plan.Figures.Length; i++)
        {
            string text = summary.Count == 0 ? "-" : Figures[plan.Figures[i]].Text(summary);
            canvas.Right(plan.FigureX(i), y, text, summary.Count == 0 ? Ink.Dim : ink, FigureWidth);
        }
    }

    /// <summary>Where the columns of a given width lie.</summary>
    private readonly record struct Plan(int BarX, int BarWidth, int[] Figures, int SparkX, int SparkWidth)
    {
        public int FigureX(int index) => BarX + BarWidth + PercentWidth + (index * FigureWidth);

        public static Plan For(int width)
        {
            int barX = Math.Min(TitleWidth + 2, Math.Max(8, width - PercentWidth - FigureWidth));
            int left = Math.Max(0, width - barX - PercentWidth);
            int count = Math.Clamp((left - LeastBar) / FigureWidth, 0, FiguresKept.Length);
            int[] figures = [.. FiguresKept.Take(count).Order()];
            left -= count * FigureWidth;
            int bar = Math.Min(left, Math.Clamp(left / 3, LeastBar, 24));
            int spark = Math.Min(left - bar - 2, MostSpark);
            return spark >= LeastSpark
                ? new Plan(barX, bar, figures, barX + bar + PercentWidth + (count * FigureWidth) + 2, spark)
                : new Plan(barX, Math.Min(left, 20), figures, 0, 0);
        }
    }
}
