namespace Latmon.Pipeline.Protocols;

/// <summary>
/// The statements that one connection has prepared, by name, masked. At most <see cref="Capacity"/>; then, and when the statements of
/// all connections together take more than <see cref="StatementBudget.MostBytes"/>, the longest unused one is forgotten.
/// Their places are used again, so that a connection that prepares the unnamed statement for every query allocates nothing.
/// </summary>
internal sealed class PreparedStatements(StatementBudget budget)
{
    public const int Capacity = 256;

    /// <summary>Drivers' names are short; what is longer is not remembered.</summary>
    public const int LongestName = 64;

    /// <summary>Places that every connection has for itself, kept when the connection is used again.</summary>
    private const int Free = 4;
    private const int Rounding = 64;

    private Statement[] _statements = new Statement[Free];
    private int _count;
    private uint _clock;

    public int Count => _count;

    /// <param name="cut"><paramref name="text"/> is only the beginning.</param>
    /// <param name="turn">Where it was prepared, for <see cref="ForgetFailed"/>.</param>
    /// <param name="ordinal">Its place among those of that turn.</param>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, bool cut, uint turn, int ordinal)
    {
        if (name.Length > LongestName)
        {
            return;
        }

        int at = Find(name);
        if (at < 0)
        {
            at = TakePlace(name.Length + text.Length);
        }
        else if (!Fit(at, name.Length + text.Length))
        {
            RemoveAt(at);
            return;
        }

        if (at < 0)
        {
            return;
        }

        ref Statement statement = ref _statements[at];
        name.CopyTo(statement.Bytes);
        text.CopyTo(statement.Bytes.AsSpan(name.Length));
        statement.NameLength = name.Length;
        statement.TextLength = text.Length;
        statement.Cut = cut;
        statement.Turn = turn;
        statement.Ordinal = ordinal;
        statement.Used = ++_clock;
    }

    /// <param name="text">Lent until the next call.</param>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> text, out bool cut)
    {
        int at = Find(name);
        if (at < 0)
        {
            text = default;
            cut = false;
            return false;
        }

        ref Statement statement = ref _statements[at];
        statement.Used = ++_clock;
        text = statement.Text;
        cut = statement.Cut;
        return true;
    }

    public void Remove(ReadOnlySpan<byte> name)
    {
        int at = Find(name);
        if (at >= 0)
        {
            RemoveAt(at);
        }
    }

    /// <summary>The server refused something in this turn, after it had prepared the first <paramref name="prepared"/> statements.</summary>
    public void ForgetFailed(uint turn, int prepared)
    {
        for (int i = _count - 1; i >= 0; i--)
        {
            if (_statements[i].Turn == turn && _statements[i].Ordinal >= prepared)
            {
                RemoveAt(i);
            }
        }
    }

    public void Clear()
    {
        foreach (ref Statement statement in _statements.AsSpan())
        {
            budget.Return(statement.Budgeted);
            statement.Bytes = statement.Budgeted > 0 ? [] : statement.Bytes;
            statement.Budgeted = 0;
        }

        if (_statements.Length > Free)
        {
            Array.Resize(ref _statements, Free);
        }

        _count = 0;
    }

    private int Find(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _count; i++)
        {
            ref Statement statement = ref _statements[i];
            if (statement.NameLength == name.Length && statement.Bytes.AsSpan(0, name.Length).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    private int TakePlace(int length)
    {
        if (_count == _statements.Length && _count < Capacity)
        {
            Array.Resize(ref _statements, Math.Min(_count * 2, Capacity));
        }

        if (_count < _statements.Length && Fit(_count, length))
        {
            return _count++;
        }

        int oldest = Oldest();
        if (Fit(oldest, length))
        {
            return oldest;
        }

        RemoveAt(oldest);
        return -1;
    }

    private int Oldest()
    {
        int oldest = 0;
        for (int i = 1; i < _count; i++)
        {
            oldest = _statements[i].Used < _statements[oldest].Used ? i : oldest;
        }

        return oldest;
    }

    private bool Fit(int at, int length)
    {
        ref Statement statement = ref _statements[at];
        int before = statement.Bytes?.Length ?? 0;
        int needed = (length + Rounding - 1) / Rounding * Rounding;
        if (needed <= before)
        {
            return true;
        }

        if (at >= Free)
        {
            if (!budget.Take(needed - before))
            {
                return false;
            }

            statement.Budgeted += needed - before;
        }

        statement.Bytes = new byte[needed];
        return true;
    }

    /// <summary>The last one takes its place; its bytes stay with the place that it leaves.</summary>
    private void RemoveAt(int at)
    {
        _count--;
        (_statements[at], _statements[_count]) = (_statements[_count], _statements[at]);
    }

    private struct Statement
    {
        public byte[]? Bytes;
        public int Budgeted;
        public int NameLength;
        public int TextLength;
        public bool Cut;
        public uint Turn;
        public int Ordinal;
        public uint Used;

        public readonly ReadOnlySpan<byte> Text => Bytes.AsSpan(NameLength, TextLength);
    }
}

/// <summary>What the remembered statements of all connections may take together. One thread.</summary>
internal sealed class StatementBudget
{
    public const int MostBytes = 32 * 1024 * 1024;

    public long Taken { get; private set; }

    public bool Take(int bytes)
    {
        if (Taken + bytes > MostBytes)
        {
            return false;
        }

        Taken += bytes;
        return true;
    }

    public void Return(int bytes) => Taken -= bytes;
}
