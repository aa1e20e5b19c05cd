using System.Globalization;
using Latmon.Pipeline;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Drawing;
using Latmon.Tui.State;
using Latmon.Tui.Tables;

namespace Latmon.Tui.Views;

/// <summary>
/// How far the figures can be trusted and what they cost. Always of the live capture, also while the rest is frozen:
/// what is lost now is lost now. While the filter is typed, its error stands here.
/// </summary>
internal sealed class StatusView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    protected override void Paint(Canvas canvas)
    {
        if (State.FilterLine is { IsOpen: true, Error: { Length: > 0 } error })
        {
            canvas.Text(0, 0, $" {error} ", Ink.Alarm);
            return;
        }

        if (State.FilterLine.IsOpen && Offers() is { Length: > 0 } offers)
        {
            canvas.Text(0, 0, $"Tab: {offers}", Ink.Dim);
            return;
        }

        LineSegments line = new();
        line.Add(State.Message, Ink.Strong, 0);
        if (State.Options.IsLive)
        {
            AddCapture(line, State.Live.Counters);
        }
        else
        {
            line.Add("figures are of the saved requests alone", Ink.Dim, 2);
            AddWhenAny(line, "incomplete", State.Live.Counters.Incomplete, Ink.Raised);
        }

        line.Paint(canvas, 0);
    }

    private void AddCapture(LineSegments line, in PipelineCounters counters)
    {
        line.Add(Count("lost", counters.Lost), counters.Lost > 0 ? Ink.Alarm : Ink.Dim, 0);
        line.Add($"events {GroupColumns.RateText(State.Timeline.EventsPerSecond)}/s", Ink.Dim, 3);
        line.Add(Incomplete(counters), counters.Incomplete > 0 ? Ink.Raised : Ink.Dim, 2);
        AddWhenAny(line, "parts lost", counters.LostParts, Ink.Alarm);
        AddWhenAny(line, "unseen connections", counters.Unseen, Ink.Alarm);
        AddWhenAny(line, "malformed", counters.Malformed, Ink.Alarm);
        AddWhenAny(line, "evicted", counters.Evicted, Ink.Raised);
        AddWhenAny(line, "late", counters.Late, Ink.Dim);
        line.Add($"connections {counters.OpenConnections}", Ink.Dim, 6);
        line.Add(State.Cost is { } cost ? CostText(cost) : "", Ink.Dim, 4);
        if (State.Usage is { } usage)
        {
            line.Add(
                $"latmon itself: cpu {usage.CpuPercent:0.0}% mem {usage.ResidentBytes >> 20}MB",
                Ink.Dim,
                5);
        }

        int reductions = State.Options.Reductions.Count;
        line.Add(reductions > 0 ? $"not seen here: {reductions} (?)" : "", Ink.Dim, 7);
    }

    /// <summary>In the observed processes: never a guess, and never nothing where it is not known.</summary>
    private static string CostText(in ProbeCost cost) => cost.NsPerRequest is { } ns
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"cost {(cost.IsLeast ? ">" : "")}{LatencyText.Format((long)ns)}/req, {cost.CorePercent:0.0}% of a core")
        : $"cost {(cost.Missing.Length > 0 ? cost.Missing : "?")}";

    private string Offers() =>
        string.Join("  ", FilterCompletion.Offers(State.FilterLine.Text, State.FilterLine.Caret, State.Lists.All));

    private static void AddWhenAny(LineSegments line, string name, long count, Ink ink)
    {
        if (count > 0)
        {
            line.Add(Count(name, count), ink, 1);
        }
    }

    private static string Incomplete(PipelineCounters counters)
    {
        double share = counters.Exchanges > 0 ? 100.0 * counters.Incomplete / counters.Exchanges : 0;
        string percent = share is > 0 and < 0.1 ? "<0.1%" : share.ToString(share < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + "%";
        return counters.Incomplete == 0 ? "incomplete 0" : $" incomplete {counters.Incomplete} ({percent}) ";
    }

    private static string Count(string name, long count) => count == 0
        ? $"{name} 0"
        : $" {name} {count} ";
}
