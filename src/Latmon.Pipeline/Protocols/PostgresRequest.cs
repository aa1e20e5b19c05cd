using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Protocols;

/// <summary>
/// The client's messages of one exchange: its statements, masked, and what must be answered. Passwords, parameters and copied rows
/// are passed over. Its buffers are used again for every exchange.
/// </summary>
internal sealed class PostgresRequest(PreparedStatements prepared)
{
    private readonly byte[] _text = new byte[PathBuffer.Capacity];
    private readonly byte[] _bound = new byte[PathBuffer.Capacity];
    private int _textLength;
    private int _lastStart;
    private int _boundLength;
    private StatementNotes _boundNotes;
    private ulong _boundPortal;
    private bool _hasBound;
    private bool _boundHere;
    private int _parses;

    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _textLength);

    public StatementNotes Notes { get; private set; }

    /// <summary>Statements that the server was asked to execute, as far as they were seen.</summary>
    public int Statements { get; private set; }

    /// <summary>ReadyForQuery that the server owes.</summary>
    public int Due { get; private set; }

    /// <summary>Begins with no message of a client.</summary>
    public bool IsUnreadable { get; private set; }

    /// <summary>A new connection: what the last one had bound is gone.</summary>
    public void Reset()
    {
        _hasBound = false;
        Begin();
    }

    public void Begin()
    {
        _textLength = 0;
        _lastStart = 0;
        Notes = StatementNotes.None;
        Statements = 0;
        Due = 0;
        IsUnreadable = false;
    }

    /// <param name="isWhole">Nothing follows what is here.</param>
    public void Read(ReadOnlySpan<byte> bytes, bool isWhole, uint turn)
    {
        int executed = Statements;
        int due = Due;
        bool any = false;
        byte last = 0;
        _parses = 0;
        _boundHere = false;
        PostgresMessages messages = new(bytes, fromClient: true);
        while (messages.TryRead())
        {
            any = true;
            last = messages.Type;
            Take(messages, turn);
        }

        IsUnreadable = !any && (messages.IsBroken || bytes.IsEmpty);
        bool unseen = messages.IsCut || !isWhole || messages.IsBroken;
        if (unseen && Due == due && any && last is not ((byte)'d' or (byte)'X' or (byte)'p'))
        {
            Due++;
        }

        if (Statements == executed)
        {
            TakeUnexecuted(unseen);
        }
    }

    /// <summary>The connection's beginning is answered once, whatever it is made of.</summary>
    public void ReadStartup(PostgresStartup startup)
    {
        Notes |= StatementNotes.Connect;
        Due = startup == PostgresStartup.Begin ? 1 : Due;
    }

    private static ulong Hash(ReadOnlySpan<byte> name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in name)
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return hash;
    }

    private void Take(in PostgresMessages message, uint turn)
    {
        ReadOnlySpan<byte> body = message.Body;
        switch ((char)message.Type)
        {
            case 'Q':
                TakeQuery(body, message.IsWhole);
                break;
            case 'P':
                TakeParse(body, message.IsWhole, turn);
                break;
            case 'B':
                TakeBind(body, message.IsWhole);
                break;
            case 'E':
                TakeExecute(body);
                break;
            case 'C' when body is [(byte)'S', .., 0]:
                prepared.Remove(body[1..^1]);
                break;
            case 'S' or 'F':
                Due++;
                break;
            case 'd' or 'c' or 'f':
                Notes |= StatementNotes.Copy;
                break;
            case 'p':
                Notes |= Statements == 0 && _textLength == 0 ? StatementNotes.Connect : StatementNotes.None;
                break;
        }
    }

    private void TakeQuery(ReadOnlySpan<byte> body, bool isWhole)
    {
        Due++;
        prepared.Remove(default);
        Span<byte> text = stackalloc byte[PathBuffer.Capacity];
        if (Mask(ref body, isWhole, text, out bool cut) is not { } length || (isWhole && !body.IsEmpty))
        {
            Statements++;
            Notes |= StatementNotes.Cut;
            return;
        }

        text = text[..length];
        Statements += 1 + text.Count((byte)';');
        ForgetNamedIn(text);
        Add(text, cut ? StatementNotes.Cut : StatementNotes.None);
    }

    private void TakeParse(ReadOnlySpan<byte> body, bool isWhole, uint turn)
    {
        ReadOnlySpan<byte> name = PostgresText.Take(ref body, out bool ended);
        Span<byte> text = stackalloc byte[PathBuffer.Capacity];
        if (!ended)
        {
            return;
        }

        if (Mask(ref body, isWhole, text, out bool cut) is { } length && (!isWhole || (body.Length >= 2 && body.Length % 4 == 2)))
        {
            prepared.Set(name, text[..length], cut, turn, _parses);
            Bind(text[..length], cut ? StatementNotes.Cut : StatementNotes.None, portal: default);
        }
        else
        {
            prepared.Remove(name);
        }

        _parses++;
    }

    /// <summary>Null when it is no statement, as far as can be told: then nothing of it may be shown.</summary>
    private static int? Mask(ref ReadOnlySpan<byte> body, bool isWhole, scoped Span<byte> text, out bool cut)
    {
        ReadOnlySpan<byte> sql = PostgresText.Take(ref body, out bool ended);
        cut = !ended;
        int length = SqlMask.Write(sql, text, ref cut);
        return (ended || !isWhole) && (length == 0 || SqlCommands.Begins(text[..length])) ? length : null;
    }

    private void TakeBind(ReadOnlySpan<byte> body, bool isWhole)
    {
        ReadOnlySpan<byte> portal = PostgresText.Take(ref body, out bool ended);
        ReadOnlySpan<byte> name = PostgresText.Take(ref body, out bool named);
        if (!ended || !named || (isWhole && body.Length < 6))
        {
            BindUnknown(default, default);
        }
        else if (prepared.TryGet(name, out ReadOnlySpan<byte> text, out bool cut))
        {
            Bind(text, cut ? StatementNotes.Cut : StatementNotes.None, portal);
        }
        else
        {
            BindUnknown(name, portal);
        }

        _boundHere = true;
    }

    private void BindUnknown(ReadOnlySpan<byte> name, ReadOnlySpan<byte> portal)
    {
        Span<byte> text = stackalloc byte[PathBuffer.Capacity];
        Bind(text[..PreparedName.Write(name, text)], StatementNotes.PreparedBefore, portal);
    }

    private void Bind(ReadOnlySpan<byte> text, StatementNotes notes, ReadOnlySpan<byte> portal)
    {
        text.CopyTo(_bound);
        _boundLength = text.Length;
        _boundNotes = notes;
        _boundPortal = Hash(portal);
        _hasBound = true;
    }

    private void TakeExecute(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> portal = PostgresText.Take(ref body, out bool ended);
        if (!_hasBound || (ended && Hash(portal) != _boundPortal))
        {
            BindUnknown(default, portal);
        }

        Statements++;
        ForgetNamedIn(_bound.AsSpan(0, _boundLength));
        Add(_bound.AsSpan(0, _boundLength), _boundNotes);
    }

    /// <summary>Nothing was executed here. When not all was seen, the rest of the burst holds the execution.</summary>
    private void TakeUnexecuted(bool unseen)
    {
        if (_parses == 0 && !_boundHere)
        {
            return;
        }

        Statements += unseen ? 1 : 0;
        Add(_bound.AsSpan(0, _boundLength), _boundNotes | (unseen ? StatementNotes.None : StatementNotes.NotExecuted));
    }

    /// <summary>DEALLOCATE, DISCARD and PREPARE change what a name means, so that it is no longer known.</summary>
    private void ForgetNamedIn(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> word = SqlCommands.FirstWord(text);
        if (word.Length > 0 && (SqlCommands.Is(word, "DEALLOCATE"u8) || SqlCommands.Is(word, "DISCARD"u8)
            || SqlCommands.Is(word, "PREPARE"u8)))
        {
            PreparedName.Forget(text[(word.Length)..], prepared);
        }
    }

    /// <summary>One behind the other; one that is repeated stands there once.</summary>
    private void Add(ReadOnlySpan<byte> text, StatementNotes notes)
    {
        Notes |= notes;
        if (_textLength > 0 && _text.AsSpan(_lastStart, _textLength - _lastStart).SequenceEqual(text))
        {
            return;
        }

        int start = _textLength == 0 ? 0 : _textLength + 2;
        if (start + text.Length > _text.Length)
        {
            Notes |= StatementNotes.Cut;
            return;
        }

        if (start > 0)
        {
            "; "u8.CopyTo(_text.AsSpan(_textLength));
        }

        text.CopyTo(_text.AsSpan(start));
        _lastStart = start;
        _textLength = start + text.Length;
    }
}
