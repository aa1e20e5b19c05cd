using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Protocols;

/// <summary>
/// What one PostgreSQL connection is about: its prepared statements, the exchange that is open, and whether that is answered. Either
/// end of the connection shows the same bytes. Bounded; allocates nothing per exchange.
/// </summary>
internal sealed class PostgresSession
{
    private readonly PreparedStatements _prepared;
    private readonly PostgresRequest _request;
    private PostgresResponse _response;
    private PostgresStartup _startup;
    private uint _turn;
    private int _earlierReadies;
    private int _earlierEnded;
    private int _carried;
    private bool _isWhole;
    private bool _isConnecting;
    private bool _isUnseen;

    public PostgresSession(StatementBudget budget)
    {
        _prepared = new PreparedStatements(budget);
        _request = new PostgresRequest(_prepared);
    }

    /// <summary>Masked; several are joined by a semicolon.</summary>
    public ReadOnlySpan<byte> Text => _request.Text;

    /// <summary>Everything that was asked for has been answered.</summary>
    public bool IsAnswered => Owed > 0 && _response.TransactionStatus != 0
        && (_isWhole ? _earlierReadies + _response.Readies >= Owed : Owed - _earlierReadies <= 1);

    /// <summary>Nothing more belongs to the exchange.</summary>
    public bool IsFinished => IsAnswered || IsEncrypted || IsStream;

    /// <summary>The server owes something, and its last message was not that it is ready.</summary>
    public bool IsAnswerDue => Owed > _earlierReadies && _response.TransactionStatus == 0;

    /// <summary>From here on the connection speaks TLS or GSS: a request for that was granted.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>Replication: both sides send when they like, and there are no more requests.</summary>
    public bool IsStream => _response.Copying == 'W';

    private int Owed => _request.Due + _carried;

    /// <summary>Another connection. What was remembered is given back.</summary>
    public void Reset()
    {
        _prepared.Clear();
        _request.Reset();
        _response = default;
        _startup = PostgresStartup.None;
        _turn = 0;
        _earlierReadies = _earlierEnded = _carried = 0;
        _isConnecting = false;
        IsEncrypted = false;
    }

    /// <summary>Turns were lost: names may mean something else now.</summary>
    public void Lose()
    {
        _prepared.Clear();
        _request.Reset();
        _carried = 0;
        _response = default;
    }

    /// <summary>A new exchange. Answers that were still owed come with it.</summary>
    public void Begin()
    {
        _carried = _isWhole && !IsAnswered ? Math.Max(0, Owed - _earlierReadies - _response.Readies) : 0;
        _earlierReadies = _earlierEnded = 0;
        _response = default;
        _isConnecting = false;
        _request.Begin();
        _turn = 0;
    }

    /// <summary>True when the next request is more of the open exchange: copied rows, or the rest of a connection's beginning.</summary>
    public bool Continues(ReadOnlySpan<byte> request) =>
        _response.TransactionStatus == 0
        && ((_response.Copying == 'G' && request is [(byte)'d' or (byte)'c' or (byte)'f', ..])
            || (_isConnecting && (request is [(byte)'p', ..] || PostgresStartups.Of(request) is PostgresStartup.Begin
                or PostgresStartup.Tls or PostgresStartup.Gss)));

    /// <summary>The open exchange goes on with another turn.</summary>
    public void Continue()
    {
        _earlierReadies += _response.Readies;
        _earlierEnded += _response.Ended;
    }

    /// <summary>May be called again for the same turn, whose request stays what it was.</summary>
    /// <param name="isWhole">Nothing follows what is here.</param>
    public void TakeRequest(uint turn, ReadOnlySpan<byte> request, bool isWhole)
    {
        if (turn == _turn)
        {
            return;
        }

        _turn = turn;
        _startup = PostgresStartups.Of(request);
        if (_startup != PostgresStartup.None)
        {
            _isConnecting = true;
            _request.ReadStartup(_startup);
            return;
        }

        _request.Read(request, isWhole, turn);
        _isConnecting |= (_request.Notes & StatementNotes.Connect) != 0;
    }

    /// <param name="tail">The last bytes of the answer.</param>
    /// <param name="isWhole">The head is the whole answer.</param>
    public void TakeResponse(ReadOnlySpan<byte> response, ReadOnlySpan<byte> tail, bool isWhole)
    {
        _isWhole = isWhole;
        _isUnseen = response.IsEmpty;
        bool isReply = _startup is PostgresStartup.Tls or PostgresStartup.Gss && response.Length == 1;
        IsEncrypted = isReply && response[0] is (byte)'S' or (byte)'G';
        _response = isReply ? default : PostgresResponse.Read(response, tail, isWhole);
        if (_response.HasError)
        {
            _prepared.ForgetFailed(_turn, _response.Parsed);
        }
    }

    public DatabaseFacts Facts()
    {
        bool isTelling = _response.IsRowsTelling && (_isWhole || _request.Statements == 1);
        StatementNotes notes = _request.Notes
            | (_response.TransactionStatus is (byte)'T' or (byte)'E' ? StatementNotes.InTransaction : StatementNotes.None)
            | (_response.Copied ? StatementNotes.Copy : StatementNotes.None)
            | (((ReadOnlySpan<byte>)_response.SqlState).SequenceEqual("57014"u8) ? StatementNotes.Cancelled : StatementNotes.None)
            | (isTelling && _response.RowsAreAffected ? StatementNotes.RowsAffected : StatementNotes.None);
        return new DatabaseFacts
        {
            RowsPlusOne = isTelling ? Math.Min(_response.Rows, long.MaxValue - 1) + 1 : 0,
            SqlState = _response.SqlState,
            Notes = notes,
            Statements = (ushort)Math.Min(ushort.MaxValue, Statements()),
        };
    }

    /// <summary>What of the exchange was not captured.</summary>
    public ExchangeNotes Missing(bool hasAnswer) =>
        (_request.IsUnreadable ? ExchangeNotes.RequestHeadMissing : ExchangeNotes.None)
        | (hasAnswer && (_response.IsUnreadable || _isUnseen) ? ExchangeNotes.ResponseHeadMissing : ExchangeNotes.None);

    /// <summary>What the server ended, when all of its answer was seen and it is complete.</summary>
    private int Statements() =>
        _isWhole && IsAnswered && _request.Statements > 0 && !_response.HasError
            ? Math.Max(_earlierEnded + _response.Ended, _request.Statements)
            : _request.Statements;
}
