using System.Text;

namespace Latmon.Pipeline.Protocols;

/// <summary>
/// A statement without its values: every literal becomes <c>?</c>, comments go, white space and lists behind IN are folded.
/// Parameters (<c>$1</c>) and names stay. A literal that is cut off is a literal.
/// </summary>
/// <remarks>
/// Where it depends on the server's settings whether a literal has ended (a backslash before the quote, which escapes it when
/// standard_conforming_strings is off; the same in an encoding whose characters may end with a backslash), the text ends there:
/// what follows may be a value.
/// </remarks>
internal ref struct SqlMask
{
    private readonly ReadOnlySpan<byte> _sql;
    private MaskedText _text;
    private int _at;
    private bool _stopped;

    private SqlMask(ReadOnlySpan<byte> sql, Span<byte> text)
    {
        _sql = sql;
        _text = new MaskedText(text);
    }

    /// <param name="text">At least as long as anything that is to be kept; more is cut.</param>
    /// <param name="cut">The statement has more than what was written; set when it is cut in <paramref name="sql"/> already.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> sql, Span<byte> text, ref bool cut)
    {
        SqlMask mask = new(sql, text);
        while (mask._at < sql.Length && !mask._stopped && !mask._text.IsFull)
        {
            mask.Token(sql[mask._at]);
        }

        cut |= mask._stopped || mask._text.IsFull;
        ReadOnlySpan<byte> written = text[..mask._text.Length].TrimEnd(" ;"u8);
        return cut ? WithoutHalfCharacter(written) : written.Length;
    }

    internal static bool IsWordByte(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'$' or >= 0x80;

    private static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';

    private static int WithoutHalfCharacter(ReadOnlySpan<byte> text)
    {
        int start = text.Length;
        while (start > 0 && text.Length - start < 4 && (text[start - 1] & 0xc0) == 0x80)
        {
            start--;
        }

        start -= start > 0 && text[start - 1] >= 0xc0 ? 1 : 0;
        return Rune.DecodeFromUtf8(text[start..], out _, out _) == System.Buffers.OperationStatus.NeedMoreData ? start : text.Length;
    }

    private readonly byte Peek(int ahead) => _at + ahead < _sql.Length ? _sql[_at + ahead] : (byte)0;

    private void Token(byte b)
    {
        switch (b)
        {
            case <= (byte)' ' or 0x7f:
                _text.Blank();
                _at++;
                break;
            case (byte)'-' when Peek(1) == '-':
                SkipLine();
                break;
            case (byte)'/' when Peek(1) == '*':
                SkipComment();
                break;
            case (byte)'\'':
                SkipString(escapes: false);
                break;
            case (byte)'"':
                QuotedName();
                break;
            case (byte)'$':
                Dollar();
                break;
            case >= (byte)'0' and <= (byte)'9':
            case (byte)'.' when IsDigit(Peek(1)) && (_at == 0 || !(IsWordByte(_sql[_at - 1]) || _sql[_at - 1] is (byte)'"')):
                SkipNumber();
                break;
            default:
                WordOrSymbol(b);
                break;
        }
    }

    private void SkipLine()
    {
        int end = _sql[_at..].IndexOfAny((byte)'\n', (byte)'\r');
        _at = end < 0 ? _sql.Length : _at + end;
        _text.Blank();
    }

    /// <summary>Comments nest.</summary>
    private void SkipComment()
    {
        int depth = 0;
        do
        {
            int step = 1;
            if (_sql[_at] == '/' && Peek(1) == '*')
            {
                depth++;
                step = 2;
            }
            else if (_sql[_at] == '*' && Peek(1) == '/')
            {
                depth--;
                step = 2;
            }

            _at += step;
        }
        while (depth > 0 && _at < _sql.Length);
        _text.Blank();
    }

    /// <summary>From the opening quote to behind the closing one. A doubled quote is part of it.</summary>
    private void SkipString(bool escapes)
    {
        _text.Literal();
        int backslashes = 0;
        for (_at++; _at < _sql.Length; _at++)
        {
            byte b = _sql[_at];
            if (b == '\\')
            {
                _stopped |= escapes && backslashes == 0 && _sql[_at - 1] >= 0x80;
                backslashes++;
                continue;
            }

            bool escaped = (backslashes & 1) != 0;
            backslashes = 0;
            if (b != '\'' || (escaped && escapes))
            {
                continue;
            }

            _stopped |= escaped;
            if (Peek(1) != '\'')
            {
                break;
            }

            _at++;
        }

        _at = Math.Min(_at + 1, _sql.Length);
    }

    private void SkipNumber()
    {
        _text.Literal();
        int start = _at;
        bool hex = _sql[_at] == '0' && (Peek(1) | 0x20) is 'x' or 'o' or 'b';
        while (_at < _sql.Length && (IsWordByte(_sql[_at]) || _sql[_at] == '.' || IsSignOfExponent(start, hex)))
        {
            _at++;
        }
    }

    private readonly bool IsSignOfExponent(int start, bool hex) =>
        !hex && _at > start && _sql[_at] is (byte)'+' or (byte)'-' && (_sql[_at - 1] | 0x20) == 'e' && IsDigit(Peek(1));

    private void QuotedName()
    {
        int end = _at + 1;
        while (end < _sql.Length && (_sql[end] != '"' || (end + 1 < _sql.Length && _sql[end + 1] == '"')))
        {
            end += _sql[end] == '"' ? 2 : 1;
        }

        end = Math.Min(end + 1, _sql.Length);
        _text.Put(_sql[_at..end]);
        _at = end;
    }

    /// <summary>A parameter, or a string between two equal tags.</summary>
    private void Dollar()
    {
        int end = _at + 1;
        if (IsDigit(Peek(1)))
        {
            while (end < _sql.Length && IsDigit(_sql[end]))
            {
                end++;
            }

            _text.Put(_sql[_at..end]);
            _at = end;
            return;
        }

        while (end < _sql.Length && IsWordByte(_sql[end]) && _sql[end] != '$')
        {
            end++;
        }

        if (end < _sql.Length && _sql[end] != '$')
        {
            _text.Put("$"u8);
            _at++;
            return;
        }

        _text.Literal();
        end = Math.Min(end + 1, _sql.Length);
        int length = _sql[end..].IndexOf(_sql[_at..end]);
        _at = length < 0 ? _sql.Length : end + length + (end - _at);
    }

    private void WordOrSymbol(byte b)
    {
        int end = _at;
        while (end < _sql.Length && IsWordByte(_sql[end]))
        {
            end++;
        }

        ReadOnlySpan<byte> word = _sql[_at..end];
        if (word.IsEmpty)
        {
            Symbol(b);
        }
        else if (word.Length == 1 && end < _sql.Length && _sql[end] == '\'' && (b | 0x20) is 'e' or 'b' or 'x' or 'n')
        {
            _at = end;
            SkipString(escapes: (b | 0x20) == 'e');
        }
        else if (word.Length == 1 && (b | 0x20) == 'u' && Peek(1) == '&' && Peek(2) == '\'')
        {
            _at += 2;
            SkipString(escapes: false);
        }
        else
        {
            _text.Word(word);
            _at = end;
        }
    }

    private void Symbol(byte b)
    {
        // A sign in a list belongs to the number.
        if (!_text.IsInList || b is not ((byte)'-' or (byte)'+') || !IsDigit(Peek(1)))
        {
            _text.Symbol(_sql.Slice(_at, 1));
        }

        _at++;
    }
}
