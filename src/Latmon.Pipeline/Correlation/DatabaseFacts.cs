using System.Runtime.CompilerServices;

namespace Latmon.Pipeline.Correlation;

/// <summary>What a database's protocol said of an exchange besides its statement; all zeros for other protocols.</summary>
public struct DatabaseFacts
{
    /// <summary>Rows returned or affected, as the server counted them, plus one; 0 when it did not say.</summary>
    public long RowsPlusOne;

    /// <summary>Five characters; the first is 0 when nothing failed.</summary>
    public SqlState SqlState;
    public StatementNotes Notes;

    /// <summary>Statements in this exchange: more than one in a pipeline or in one simple query.</summary>
    public ushort Statements;
}

[InlineArray(Length)]
public struct SqlState
{
    public const int Length = 5;
    private byte _first;

    public readonly bool IsSet => _first != 0;
}

[Flags]
public enum StatementNotes : ushort
{
    None = 0,

    /// <summary>Prepared before latmon came: only its name is known.</summary>
    PreparedBefore = 1,

    /// <summary>The text is longer than what was captured.</summary>
    Cut = 2,
    InTransaction = 4,
    Copy = 8,
    Cancelled = 16,

    /// <summary>The connection was opened and authenticated; there is no statement.</summary>
    Connect = 32,

    /// <summary>Rows were inserted, changed or deleted, not returned.</summary>
    RowsAffected = 64,

    /// <summary>Parsed or described, but not executed in this exchange.</summary>
    NotExecuted = 128,
}
