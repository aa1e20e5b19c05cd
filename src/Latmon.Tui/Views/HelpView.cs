using Latmon.Pipeline.Windows;
using Latmon.Tui.Drawing;
using Latmon.Tui.Keys;
using Latmon.Tui.State;

namespace Latmon.Tui.Views;

/// <summary>All keys, the signs, and the counters that have no place elsewhere.</summary>
internal sealed class HelpView(ScreenState state, Theme theme, GlyphSet glyphs) : PaneView(state, theme, glyphs)
{
    private const int KeyWidth = 12;

    private static readonly (KeyScope Scope, string Title)[] Sections =
    [
        (KeyScope.Lists, "Everywhere"),
        (KeyScope.Requests, "In the request list"),
        (KeyScope.Layers, "In the layers"),
        (KeyScope.Waterfall, "In the waterfall"),
        (KeyScope.FilterLine, "In the filter line"),
    ];

    protected override void Paint(Canvas canvas)
    {
        PaintTitle(canvas, "Help", focused: true);
        List<(string Key, string Text, Ink Ink)> lines = Lines(canvas.Glyphs);
        int page = canvas.Height - 1;
        State.HelpCursor.Resize(Math.Max(1, lines.Count - page + 1), 1);
        for (int line = 0; line < page && State.HelpCursor.Index + line < lines.Count; line++)
        {
            (string key, string text, Ink ink) = lines[State.HelpCursor.Index + line];
            canvas.Text(2, line + 1, key, Ink.Key, KeyWidth);
            canvas.Text(key.Length == 0 ? 1 : 2 + KeyWidth, line + 1, text, ink);
        }
    }

    private List<(string Key, string Text, Ink Ink)> Lines(GlyphSet glyphs)
    {
        List<(string Key, string Text, Ink Ink)> lines = [];
        foreach ((KeyScope scope, string title) in Sections)
        {
            lines.Add(("", title, Ink.Strong));
            lines.AddRange(KeyTable.All.Where(binding => SectionOf(binding) == scope && binding.Help.Length > 0)
                .Select(binding => (binding.Shown, binding.Help, Ink.Text)));
        }

        lines.Add(("", "Signs", Ink.Strong));
        lines.Add(("~", "inferred: a bound, or a neighbour's time is in it", Ink.Text));
        lines.Add(("?", "could not be measured; never shown as 0", Ink.Text));
        lines.Add(("!", "incomplete: a part of the request was not seen", Ink.Text));
        lines.Add(("R3", "three segments of the request were retransmitted", Ink.Text));
        lines.Add((new string(glyphs.Hatch, 3), "after the response: not part of the duration", Ink.Text));
        lines.Add(($"{glyphs.Full} {glyphs.Runnable} {glyphs.Blocked}", "cpu: running, waiting for a CPU, blocked", Ink.Text));
        AddCounters(lines);
        return lines;
    }

    private static KeyScope SectionOf(KeyBinding binding) => binding.Scope switch
    {
        KeyScope.Movable or KeyScope.Lists or KeyScope.Everywhere => KeyScope.Lists,
        var single => single,
    };

    private void AddCounters(List<(string Key, string Text, Ink Ink)> lines)
    {
        PipelineCounters counters = State.Live.Counters;
        lines.Add(("", "Counted since the start", Ink.Strong));
        lines.Add(($"{counters.Records}", "events read", Ink.Text));
        lines.Add(($"{counters.Lost}", "events lost because the ring was full", Ink.Text));
        lines.Add(($"{counters.Unseen}", "connections not followed for lack of room in the kernel", Ink.Text));
        lines.Add(($"{counters.Malformed}", "events refused by the decoder", Ink.Text));
        lines.Add(($"{counters.Exchanges}", "finished requests", Ink.Text));
        lines.Add(($"{counters.Incomplete}", "of them incomplete", Ink.Text));
        lines.Add(($"{counters.Late}", "came after their window was closed", Ink.Text));
        lines.Add(($"{counters.Evicted}", "connections forgotten because the cap was reached", Ink.Text));
    }
}
