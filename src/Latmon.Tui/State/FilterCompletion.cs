using System.Globalization;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Traces;

namespace Latmon.Tui.State;

/// <summary>What the word before the caret of the filter line may become, from what is on the screen.</summary>
internal sealed class FilterCompletion
{
    private const int MostValues = 12;

    private string[] _offers = [];
    private int _next;
    private int _from;

    /// <summary>Whole words, best first; empty when nothing fits.</summary>
    public static string[] Offers(string text, int caret, IEnumerable<Trace> traces)
    {
        string word = text[WordStart(text, caret)..caret];
        int colon = word.IndexOf(':', StringComparison.Ordinal);
        string[] all = colon < 0
            ? FilterTerms.Names
            : [.. Values(word[..colon], traces).Take(MostValues).Select(value => $"{word[..(colon + 1)]}{value}")];
        return [.. all.Where(each => each.StartsWith(word, StringComparison.OrdinalIgnoreCase) && each != word)];
    }

    /// <summary>Puts the first offer in the line; called again without a change in between, the next one.</summary>
    public void Apply(LineEditor line, IEnumerable<Trace> traces)
    {
        bool again = _offers.Length > 1 && line.Text[_from..line.Caret] == _offers[(_next + _offers.Length - 1) % _offers.Length];
        if (!again)
        {
            _offers = Offers(line.Text, line.Caret, traces);
            _from = WordStart(line.Text, line.Caret);
            _next = 0;
        }

        if (_offers.Length > 0)
        {
            string offer = _offers[_next++ % _offers.Length];
            line.Set(line.Text[.._from] + offer + line.Text[line.Caret..], _from + offer.Length);
        }
    }

    private static int WordStart(string text, int caret) => text[..caret].LastIndexOf(' ') + 1;

    private static IEnumerable<string> Values(string name, IEnumerable<Trace> traces) => name switch
    {
        "port" => MostSeen(traces, trace => trace.Connection.Port),
        "proc" or "process" => MostSeen(traces, trace => trace.Process.Comm),
        "pid" => MostSeen(traces, trace => trace.Process.Pid.ToString(CultureInfo.InvariantCulture)),
        "path" => MostSeen(traces, trace => trace.Attribute("url.path") as string ?? ""),
        "status" => ["5xx", "4xx", "2xx", .. MostSeen(traces, trace => $"{trace.Attribute("http.response.status_code")}")],
        "protocol" => MostSeen(traces, trace => trace.Protocol),
        "layer" => LayerTerm.Names.Select(layer => $"{layer}>"),
        _ => [],
    };

    /// <summary>Values with a blank cannot be typed as one term.</summary>
    private static IEnumerable<string> MostSeen(IEnumerable<Trace> traces, Func<Trace, string> value) => traces
        .GroupBy(value)
        .Where(group => group.Key.Length > 0 && !group.Key.Contains(' ', StringComparison.Ordinal))
        .OrderByDescending(group => group.Count())
        .Select(group => group.Key);
}
