namespace Latmon.Tui.State;

/// <summary>One line of text with a caret.</summary>
/// <param name="changed">Called after every change of the text, not of the caret.</param>
internal sealed class LineEditor(Action changed)
{
    /// <summary>Longer than anything sensible; a paste of a whole file must not fill memory.</summary>
    private const int Longest = 500;

    public string Text { get; private set; } = "";

    public int Caret { get; private set; }

    public void Set(string text, int caret = int.MaxValue)
    {
        Text = text;
        MoveCaret(caret);
        changed();
    }

    public void Insert(string typed)
    {
        string printable = new([.. typed.Where(letter => !char.IsControl(letter))]);
        string room = printable[..Math.Min(printable.Length, Math.Max(0, Longest - Text.Length))];
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
}
