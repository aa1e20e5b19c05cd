using Latmon.Pipeline.Windows;
using Latmon.Tui.Drawing;
using Latmon.Tui.Keys;
using Latmon.Tui.State;

namespace Latmon.Tui.Views;

/// <summary>All keys, the signs, and the counters that have no place elsewhere.</summary>
internal sealed class HelpView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    private const int KeyWidth = 12;
    private const int LeastColumn = 60;

    private static readonly (KeyScope Scope, string Title)[] Sections =
    [
        (KeyScope.Panes, "Everywhere"),
        (KeyScope.Requests, "In the lists"),
        (KeyScope.Layers, "In the layers"),
        (KeyScope.Waterfall, "In the waterfall"),
        (KeyScope.Tail, "In the comparison of the tail"),
        (KeyScope.HeatMap, "In the heat map"),
        (KeyScope.FilterLine, "In the filter line"),
        (KeyScope.SearchLine, "In the search line"),
        (KeyScope.Lines, "In both lines"),
    ];

    protected override void Paint(Canvas canvas)
    {
        int height = canvas.Height - 1;
        int columns = Math.Max(1, canvas.Width / LeastColumn);
        List<(string Key, string Text, Ink Ink)> lines = Lines(canvas.Glyphs, (canvas.Width / columns) - KeyWidth - 3);
        State.HelpCursor.Resize(Math.Max(1, lines.Count - (height * columns) + 1), 1);
        int first = State.HelpCursor.Index;
        int shown = Math.Min(height * columns, lines.Count - first);
        string title = shown == lines.Count ? "Help" : $"Help, lines {first + 1} to {first + shown} of {lines.Count}";
        PaintTitle(canvas, title, focused: true);
        for (int line = 0; line < shown; line++)
        {
            (string key, string text, Ink ink) = lines[first + line];
            int x = line / height * (canvas.Width / columns);
            int y = 1 + (line % height);
            canvas.Text(x + 2, y, key, Ink.Key, KeyWidth);
            int at = x + (key.Length == 0 ? 1 : 2 + KeyWidth);
            canvas.Text(at, y, text, ink, x + (canvas.Width / columns) - at - 1);
        }
    }

    private List<(string Key, string Text, Ink Ink)> Lines(GlyphSet glyphs, int textWidth)
    {
        List<(string Key, string Text, Ink Ink)> lines = [];
        foreach ((KeyScope scope, string title) in Sections)
        {
            KeyBinding[] bindings = [.. KeyTable.All.Where(binding => SectionOf(binding) == scope && binding.Help.Length > 0)];
            if (bindings.Length > 0)
            {
                lines.Add(("", title, Ink.Strong));
                lines.AddRange(bindings.Select(binding => (binding.Shown, binding.Help, Ink.Text)));
            }
        }

        lines.Add(("", "Signs", Ink.Strong));
        lines.Add(("~", "inferred: a bound, or holds a neighbour's", Ink.Text));
        lines.Add(("?", "not measurable; beside figures: in some", Ink.Text));
        lines.Add(("!", "incomplete: a part of it was not seen", Ink.Text));
        lines.Add(("R3+", "sent again; so much later acknowledged", Ink.Text));
        lines.Add(("R Z", "on a bar: sent again; peer's window shut", Ink.Text));
        lines.Add((new string(glyphs.Hatch, 3), "after the response, not in the duration", Ink.Text));
        lines.Add(($"{glyphs.Full} {glyphs.Runnable} {glyphs.Blocked}", "cpu: running, waiting for a CPU, blocked", Ink.Text));
        AddCounters(lines);
        AddLimits(lines, Math.Max(1, textWidth));
        return lines;
    }

    private static KeyScope SectionOf(KeyBinding binding) => binding.Scope switch
    {
        KeyScope.FilterLine or KeyScope.SearchLine or KeyScope.Lines => binding.Scope,
        KeyScope.Requests or KeyScope.Layers or KeyScope.Waterfall or KeyScope.Tail or KeyScope.HeatMap => binding.Scope,
        _ => KeyScope.Panes,
    };

    private void AddCounters(List<(string Key, string Text, Ink Ink)> lines)
    {
        PipelineCounters counters = State.Live.Counters;
        lines.Add(("", "Counted since the start", Ink.Strong));
        lines.Add(($"{counters.Records}", "events read", Ink.Text));
        lines.Add(($"{counters.Lost}", "requests lost: the ring was full", Ink.Text));
        lines.Add(($"{counters.LostParts}", "parts of others lost, or skipped", Ink.Text));
        lines.Add(($"{counters.Unseen}", "connections not followed: kernel map full", Ink.Text));
        lines.Add(($"{counters.Malformed}", "events refused by the decoder", Ink.Text));
        lines.Add(($"{counters.Exchanges}", "finished requests", Ink.Text));
        lines.Add(($"{counters.Incomplete}", "of them incomplete", Ink.Text));
        lines.Add(($"{counters.Late}", "came after their window was closed", Ink.Text));
        lines.Add(($"{counters.Evicted}", "connections forgotten: cap reached", Ink.Text));
    }

    private void AddLimits(List<(string Key, string Text, Ink Ink)> lines, int width)
    {
        lines.Add(("", "Cost in the observed processes", Ink.Strong));
        const string Cost = "run time of latmon's programs in the observed processes, by the kernel's count over some requests now and then; "
            + "> means that entering the probes inside processes, which is not counted, comes on top";
        Add(lines, "cost", Cost, width);
        if (State.Options.Reductions.Count > 0)
        {
            lines.Add(("", "Not seen here (latmon doctor says why)", Ink.Strong));
            foreach (string reduction in State.Options.Reductions)
            {
                Add(lines, "?", reduction, width);
            }
        }
    }

    private static void Add(List<(string Key, string Text, Ink Ink)> lines, string key, string text, int width)
    {
        foreach (string line in TextWrap.Lines(text, width))
        {
            lines.Add((key.Length == 0 ? " " : key, line, Ink.Text));
            key = "";
        }
    }
}
