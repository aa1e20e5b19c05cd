namespace Latmon.Pipeline.Protocols;

/// <summary>
/// The low-cardinality name of a masked statement, as OpenTelemetry prescribes: what it does and its first table
/// (<c>SELECT users</c>). Of several statements it is the first that is not about the transaction or the session.
/// </summary>
internal ref struct StatementName
{
    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private int _depth;

    private StatementName(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>SELECT, BEGIN, …; of a statement that begins with WITH, what it does in the end. Empty when the text says nothing.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteOperation(ReadOnlySpan<byte> text, Span<byte> operation) =>
        new StatementName(Telling(text)).Operation(operation, out _);

    /// <returns>Bytes written; a name that is longer than <paramref name="name"/> is cut.</returns>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> name)
    {
        text = Telling(text);
        StatementName walk = new(text);
        int length = walk.Operation(name, out bool hasTable);
        if (length == 0)
        {
            text = text[..Math.Min(text.Length, name.Length)];
            text.CopyTo(name);
            return text.Length;
        }

        if (!hasTable || length + 1 >= name.Length)
        {
            return length;
        }

        int table = walk.Table(name[..length], name[(length + 1)..]);
        name[length] = (byte)' ';
        return table > 0 ? length + 1 + table : length;
    }

    private static ReadOnlySpan<byte> Telling(ReadOnlySpan<byte> text)
    {
        for (ReadOnlySpan<byte> rest = text; !rest.IsEmpty;)
        {
            int end = rest.IndexOf((byte)';');
            ReadOnlySpan<byte> statement = (end < 0 ? rest : rest[..end]).Trim((byte)' ');
            ReadOnlySpan<byte> word = SqlCommands.FirstWord(statement);
            if (!word.IsEmpty && !IsSession(word))
            {
                return statement;
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }

        int first = text.IndexOf((byte)';');
        return first < 0 ? text : text[..first];
    }

    private static bool IsSession(ReadOnlySpan<byte> word) => SqlCommands.ToUpper(word[0]) switch
    {
        (byte)'A' => SqlCommands.Is(word, "ABORT"u8),
        (byte)'B' => SqlCommands.Is(word, "BEGIN"u8),
        (byte)'C' => SqlCommands.Is(word, "COMMIT"u8),
        (byte)'D' => SqlCommands.Is(word, "DISCARD"u8) || SqlCommands.Is(word, "DEALLOCATE"u8),
        (byte)'E' => SqlCommands.Is(word, "END"u8),
        (byte)'R' => SqlCommands.Is(word, "ROLLBACK"u8) || SqlCommands.Is(word, "RELEASE"u8) || SqlCommands.Is(word, "RESET"u8),
        (byte)'S' => SqlCommands.Is(word, "SET"u8) || SqlCommands.Is(word, "START"u8) || SqlCommands.Is(word, "SAVEPOINT"u8),
        _ => false,
    };

    private static bool IsMain(ReadOnlySpan<byte> word) =>
        SqlCommands.Is(word, "SELECT"u8) || SqlCommands.Is(word, "INSERT"u8) || SqlCommands.Is(word, "UPDATE"u8)
        || SqlCommands.Is(word, "DELETE"u8) || SqlCommands.Is(word, "MERGE"u8);

    private int Operation(Span<byte> operation, out bool hasTable)
    {
        ReadOnlySpan<byte> word = SqlCommands.FirstWord(_text);
        hasTable = false;
        if (!SqlCommands.Begins(_text))
        {
            return 0;
        }

        ReadOnlySpan<byte> token = default;
        if (SqlCommands.Is(word, "WITH"u8))
        {
            while (Next(out token) && !(_depth == 0 && IsMain(token)))
            {
            }
        }
        else
        {
            while (Next(out token) && !SqlMask.IsWordByte(token[0]))
            {
            }
        }

        word = token.IsEmpty ? word : token;
        int length = Math.Min(word.Length, operation.Length);
        for (int i = 0; i < length; i++)
        {
            operation[i] = SqlCommands.ToUpper(word[i]);
        }

        hasTable = !token.IsEmpty;
        return length;
    }

    /// <summary>The table that follows the operation, whose word has just been passed; 0 when it has none.</summary>
    private int Table(ReadOnlySpan<byte> operation, Span<byte> table)
    {
        if (operation.SequenceEqual("SELECT"u8) || operation.SequenceEqual("DELETE"u8))
        {
            return SkipToFrom() ? Name(table) : 0;
        }

        if (operation.SequenceEqual("COPY"u8) && _text[_at..].TrimStart((byte)' ').StartsWith("("u8))
        {
            return Next(out _) && SkipToFrom() ? Name(table) : 0;
        }

        bool named = operation.SequenceEqual("INSERT"u8) || operation.SequenceEqual("UPDATE"u8) || operation.SequenceEqual("MERGE"u8)
            || operation.SequenceEqual("COPY"u8) || operation.SequenceEqual("TRUNCATE"u8) || operation.SequenceEqual("LOCK"u8)
            || operation.SequenceEqual("CALL"u8) || operation.SequenceEqual("TABLE"u8) || operation.SequenceEqual("EXECUTE"u8)
            || operation.SequenceEqual("CREATE"u8) || operation.SequenceEqual("ALTER"u8) || operation.SequenceEqual("DROP"u8);
        if (!named)
        {
            return 0;
        }

        // Of a definition it is the kind of thing that is low in number: CREATE TABLE.
        return operation is [(byte)'C', (byte)'R', ..] or [(byte)'A', (byte)'L', ..] or [(byte)'D', (byte)'R', ..]
            ? Kind(table) : Name(table);
    }

    private int Kind(Span<byte> kind)
    {
        if (!Next(out ReadOnlySpan<byte> word) || !SqlMask.IsWordByte(word[0]))
        {
            return 0;
        }

        int length = Math.Min(word.Length, kind.Length);
        for (int i = 0; i < length; i++)
        {
            kind[i] = SqlCommands.ToUpper(word[i]);
        }

        return length;
    }

    /// <summary>FROM on the same level: not the one in EXTRACT(… FROM …), nor IS DISTINCT FROM. A subquery behind it is entered.</summary>
    private bool SkipToFrom()
    {
        int depth = _depth;
        bool distinct = false;
        while (Next(out ReadOnlySpan<byte> token))
        {
            if (_depth < depth)
            {
                return false;
            }

            if (_depth == depth && !distinct && SqlCommands.Is(token, "FROM"u8))
            {
                int at = _at;
                while (at < _text.Length && _text[at] is (byte)' ' or (byte)'(')
                {
                    depth += _text[at++] == '(' ? 1 : 0;
                }

                if (depth == _depth)
                {
                    return true;
                }
            }

            distinct = SqlCommands.Is(token, "DISTINCT"u8);
        }

        return false;
    }

    private int Name(Span<byte> table)
    {
        bool found;
        ReadOnlySpan<byte> token;
        do
        {
            found = Next(out token);
        }
        while (found && (SqlCommands.Is(token, "INTO"u8) || SqlCommands.Is(token, "ONLY"u8) || SqlCommands.Is(token, "TABLE"u8)
            || SqlCommands.Is(token, "LATERAL"u8)));

        int length = 0;
        while (found && (token[0] == '"' || SqlMask.IsWordByte(token[0])))
        {
            length += WriteName(token, table[length..]);
            if (_at >= _text.Length || _text[_at] != '.' || length >= table.Length)
            {
                break;
            }

            table[length++] = (byte)'.';
            _at++;
            found = Next(out token);
        }

        return length;
    }

    /// <summary>As the server keeps it: in small letters unless it was quoted.</summary>
    private static int WriteName(ReadOnlySpan<byte> token, Span<byte> name)
    {
        bool quoted = token[0] == '"';
        token = quoted ? token[1..].TrimEnd((byte)'"') : token;
        int length = Math.Min(token.Length, name.Length);
        for (int i = 0; i < length; i++)
        {
            name[i] = quoted || token[i] is < (byte)'A' or > (byte)'Z' ? token[i] : (byte)(token[i] + 0x20);
        }

        return length;
    }

    /// <summary>A word, a quoted name or one other character; brackets are counted and passed over.</summary>
    private bool Next(out ReadOnlySpan<byte> token)
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'(' or (byte)')')
        {
            _depth += _text[_at] == '(' ? 1 : _text[_at] == ')' ? -1 : 0;
            _at++;
        }

        int end = _at;
        if (end < _text.Length && _text[end] == '"')
        {
            int length = _text[(end + 1)..].IndexOf((byte)'"');
            end = length < 0 ? _text.Length : end + length + 2;
        }
        else
        {
            while (end < _text.Length && SqlMask.IsWordByte(_text[end]))
            {
                end++;
            }

            end += end == _at && end < _text.Length ? 1 : 0;
        }

        token = _text[_at..end];
        _at = end;
        return !token.IsEmpty;
    }
}
