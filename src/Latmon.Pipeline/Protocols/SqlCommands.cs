namespace Latmon.Pipeline.Protocols;

/// <summary>
/// The words that a statement may begin with: PostgreSQL's commands, those of its replication protocol and of pgbouncer's console.
/// </summary>
internal static class SqlCommands
{
    public const int LongestWord = 24;

    private static readonly byte[][][] ByFirstLetter = Table(
        "ABORT ALTER ANALYZE BASE_BACKUP BEGIN CALL CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY CREATE CREATE_REPLICATION_SLOT "
        + "DEALLOCATE DECLARE DELETE DISABLE DISCARD DO DROP DROP_REPLICATION_SLOT ENABLE END EXECUTE EXPLAIN FETCH GRANT "
        + "IDENTIFY_SYSTEM IMPORT INSERT KILL LISTEN LOAD LOCK MERGE MOVE NOTIFY PAUSE PREPARE READ_REPLICATION_SLOT REASSIGN "
        + "RECONNECT REFRESH REINDEX RELEASE RELOAD RESET RESUME REVOKE ROLLBACK SAVEPOINT SECURITY SELECT SET SHOW SHUTDOWN "
        + "START START_REPLICATION SUSPEND TABLE TIMELINE_HISTORY TRUNCATE UNLISTEN UPDATE VACUUM VALUES WITH");

    /// <summary>True when the text begins with one of them, whatever its case; brackets may stand before it.</summary>
    public static bool Begins(ReadOnlySpan<byte> sql)
    {
        ReadOnlySpan<byte> word = FirstWord(sql);
        return !word.IsEmpty && word.Length <= LongestWord && IsCommand(word);
    }

    public static ReadOnlySpan<byte> FirstWord(ReadOnlySpan<byte> sql)
    {
        sql = sql.TrimStart("(; "u8);
        int length = 0;
        while (length < sql.Length && SqlMask.IsWordByte(sql[length]))
        {
            length++;
        }

        return sql[..length];
    }

    public static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> upper)
    {
        if (word.Length != upper.Length)
        {
            return false;
        }

        for (int i = 0; i < word.Length; i++)
        {
            if (ToUpper(word[i]) != upper[i])
            {
                return false;
            }
        }

        return true;
    }

    public static byte ToUpper(byte b) => b is >= (byte)'a' and <= (byte)'z' ? (byte)(b - 0x20) : b;

    private static bool IsCommand(ReadOnlySpan<byte> word)
    {
        int letter = ToUpper(word[0]) - 'A';
        if (letter is < 0 or >= 26)
        {
            return false;
        }

        foreach (byte[] command in ByFirstLetter[letter])
        {
            if (Is(word, command))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[][][] Table(string words)
    {
        ILookup<char, string> commands = words.Split(' ').ToLookup(word => word[0]);
        return [.. Enumerable.Range('A', 26).Select(letter =>
            commands[(char)letter].Select(System.Text.Encoding.ASCII.GetBytes).ToArray())];
    }
}
