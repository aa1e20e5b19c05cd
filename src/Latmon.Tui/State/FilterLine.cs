using Latmon.Pipeline.Filtering;

namespace Latmon.Tui.State;

/// <summary>The filter while it is typed.</summary>
internal sealed class FilterLine
{
    private readonly FilterHistory _history = new();

    public FilterLine()
    {
        Editor = new LineEditor(OnChanged);
    }

    public LineEditor Editor { get; }

    public bool IsOpen { get; private set; }

    public string Text => Editor.Text;

    public int Caret => Editor.Caret;

    public string Error { get; private set; } = "";

    /// <summary>What the text means; the last valid meaning while it is being typed.</summary>
    public TraceFilter Draft { get; private set; } = TraceFilter.None;

    /// <param name="caret">A place in <see cref="TraceFilter.ToString"/> of the filter; the end when it is left out.</param>
    public void Open(TraceFilter filter, int caret = int.MaxValue)
    {
        IsOpen = true;
        Editor.Set(filter.IsEmpty ? "" : filter + " ", caret);
        Draft = filter;
        _history.Begin();
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

    /// <summary>Keeps the text for the arrow keys of a later edit.</summary>
    public void Remember() => _history.Add(Text.Trim());

    public void Recall(int step) => Editor.Set(_history.Move(step, Text));

    /// <summary>The term that cannot be understood, as a range of the text; only after it was refused.</summary>
    public Range? WrongTerm()
    {
        if (Error.Length == 0)
        {
            return null;
        }

        foreach (Range term in FilterTerms.In(Text))
        {
            if (!FilterText.TryParse(Text[term], out _, out _))
            {
                return term;
            }
        }

        return null;
    }

    private void OnChanged()
    {
        // A half-typed term is not an error yet: it is told on Enter.
        Error = "";
        if (FilterText.TryParse(FinishedTerms(Text), out TraceFilter draft, out _))
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
        bool mayBecomeName = last.Length > 0
            && Array.Exists(FilterTerms.Names, name => name.StartsWith(last, StringComparison.Ordinal));
        bool unfinished = mayBecomeName || !FilterText.TryParse(last, out _, out _);
        return unfinished ? text[..^last.Length] : text;
    }
}
