using Latmon.Pipeline.Filtering;

namespace Latmon.Tui.State;

/// <summary>The one line of text on the screen that can be edited.</summary>
internal sealed class FilterLine
{
    /// <summary>Longer than any sensible filter; a paste of a whole file must not fill memory.</summary>
    private const int Longest = 500;

    private static readonly string[] Names = ["port:", "proc:", "process:", "pid:", "netns:", "path:", "status:", "protocol:"];

    public bool IsOpen { get; private set; }

    public string Text { get; private set; } = "";

    public int Caret { get; private set; }

    public string Error { get; private set; } = "";

    /// <summary>What the text means; the last valid meaning while it is being typed.</summary>
    public TraceFilter Draft { get; private set; } = TraceFilter.None;

    public void Open(TraceFilter filter)
    {
        IsOpen = true;
        Set(filter.IsEmpty ? "" : filter + " ", int.MaxValue);
        Draft = filter;
    }

    public void Close()
    {
        IsOpen = false;
        Error = "";
    }

    public void Refuse(string sentence) => Error = sentence;

    public bool TryParse(out TraceFilter filter)
    {
        bool valid = FilterText.TryParse(Text, out filter, out string error);
        Error = error;
        return valid;
    }

    public void Insert(string typed)
    {
        string printable = new([.. typed.Where(letter => !char.IsControl(letter))]);
        string room = printable[..Math.Min(printable.Length, Longest - Text.Length)];
        Set(Text.Insert(Caret, room), Caret + room.Length);
    }

    public void Erase(int from, int to)
    {
        from = Math.Clamp(from, 0, Text.Length);
        to = Math.Clamp(to, 0, Text.Length);
        Set(Text.Remove(from, to - from), from);
    }

    public void EraseWord()
    {
        int from = Text[..Caret].TrimEnd().LastIndexOf(' ') + 1;
        Erase(from, Caret);
    }

    public void MoveCaret(int to) => Caret = Math.Clamp(to, 0, Text.Length);

    private void Set(string text, int caret)
    {
        Text = text;
        MoveCaret(caret);

        // A half-typed term is not an error yet: it is told on Enter.
        Error = "";
        if (FilterText.TryParse(FinishedTerms(text), out TraceFilter draft, out _))
        {
            Draft = draft;
        }
    }

    /// <summary>
    /// Without a last word that may still become <c>port:…</c> or is not a valid term yet: the list must not go empty and
    /// come back while a term is typed.
    /// </summary>
    private static string FinishedTerms(string text)
    {
        string last = text[(text.LastIndexOf(' ') + 1)..];
        bool mayBecomeName = last.Length > 0 && Array.Exists(Names, name => name.StartsWith(last, StringComparison.Ordinal));
        bool unfinished = mayBecomeName || !FilterText.TryParse(last, out _, out _);
        return unfinished ? text[..^last.Length] : text;
    }
}
