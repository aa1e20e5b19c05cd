namespace Latmon.Pipeline.Protocols;

/// <summary>What <see cref="SqlMask"/> writes: white space and lists of literals behind IN are folded on the way.</summary>
internal ref struct MaskedText(Span<byte> text)
{
    private readonly Span<byte> _text = text;
    private bool _blank;
    private bool _afterIn;
    private InList _list;

    private enum InList : byte
    {
        None,
        Open,
        Literal,
        Comma,
    }

    public int Length { get; private set; }

    /// <summary>Something did not fit any more.</summary>
    public bool IsFull { get; private set; }

    /// <summary>The next thing may be a literal of a list.</summary>
    public readonly bool IsInList => _list is InList.Open or InList.Comma;

    public void Blank() => _blank = true;

    public void Word(ReadOnlySpan<byte> word)
    {
        Put(word);
        _afterIn = word.Length == 2 && (word[0] | 0x20) == 'i' && (word[1] | 0x20) == 'n';
    }

    public void Symbol(ReadOnlySpan<byte> symbol)
    {
        if (_list == InList.Literal && symbol[0] == ',')
        {
            _list = InList.Comma;
            return;
        }

        bool opens = _afterIn && symbol[0] == '(';
        Put(symbol);
        _list = opens ? InList.Open : InList.None;
    }

    public void Literal()
    {
        if (_list == InList.Comma)
        {
            _list = InList.Literal;
            _blank = false;
            return;
        }

        InList next = _list == InList.Open ? InList.Literal : InList.None;
        Put("?"u8);
        _list = next;
    }

    public void Put(ReadOnlySpan<byte> token)
    {
        if (_list == InList.Comma)
        {
            Append(","u8);
            _blank = true;
        }

        if (_blank && Length > 0 && _text[Length - 1] != '(' && token[0] is not ((byte)')' or (byte)',' or (byte)';'))
        {
            Append(" "u8);
        }

        _blank = false;
        _afterIn = false;
        _list = InList.None;
        Append(token);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        int kept = Math.Min(bytes.Length, _text.Length - Length);
        bytes[..kept].CopyTo(_text[Length..]);
        Length += kept;
        IsFull |= kept < bytes.Length;
    }
}
