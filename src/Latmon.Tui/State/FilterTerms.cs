namespace Latmon.Tui.State;

/// <summary>The filter line as a list of terms, each of which can be seen, completed and removed by itself.</summary>
internal static class FilterTerms
{
    public static readonly string[] Names =
        ["port:", "proc:", "process:", "pid:", "netns:", "path:", "status:", "protocol:", "layer:"];

    public static IEnumerable<Range> In(string text)
    {
        int at = 0;
        while (at < text.Length)
        {
            int end = text.IndexOf(' ', at);
            end = end < 0 ? text.Length : end;
            if (end > at)
            {
                yield return at..end;
            }

            at = end + 1;
        }
    }

    public static string Without(string text, Range term) => (text[..term.Start] + text[term.End..]).Trim();
}
