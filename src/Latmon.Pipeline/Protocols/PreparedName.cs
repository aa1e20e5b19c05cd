namespace Latmon.Pipeline.Protocols;

/// <summary>Names of prepared statements: shown in place of a statement that is not known, and found in SQL that ends one.</summary>
internal static class PreparedName
{
    private static ReadOnlySpan<byte> Prefix => "prepared "u8;

    /// <summary><c>prepared S_1</c>. What no driver would call a statement may be a value, and is not shown.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> name, Span<byte> text)
    {
        Prefix.CopyTo(text);
        ReadOnlySpan<byte> shown = name.Length is > 0 and <= PreparedStatements.LongestName && IsWord(name) ? name : "?"u8;
        shown.CopyTo(text[Prefix.Length..]);
        return Prefix.Length + shown.Length;
    }

    /// <param name="rest">What stands behind DEALLOCATE, DISCARD or PREPARE, masked.</param>
    public static void Forget(ReadOnlySpan<byte> rest, PreparedStatements prepared)
    {
        ReadOnlySpan<byte> word = SqlCommands.FirstWord(rest);
        if (SqlCommands.Is(word, "PREPARE"u8))
        {
            rest = rest[(rest.IndexOf(word) + word.Length)..];
            word = SqlCommands.FirstWord(rest);
        }

        Span<byte> folded = stackalloc byte[PreparedStatements.LongestName];
        if (word.IsEmpty || word.Length > folded.Length || SqlCommands.Is(word, "ALL"u8))
        {
            prepared.Clear();
            return;
        }

        for (int i = 0; i < word.Length; i++)
        {
            folded[i] = word[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(word[i] + 0x20) : word[i];
        }

        prepared.Remove(folded[..word.Length]);
    }

    private static bool IsWord(ReadOnlySpan<byte> name)
    {
        foreach (byte b in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'_' or (byte)'-' or (byte)'.' or (byte)':' or (byte)'/' or (byte)'$'))
            {
                return false;
            }
        }

        return true;
    }
}
