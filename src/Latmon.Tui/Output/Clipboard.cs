using System.Text;

namespace Latmon.Tui.Output;

/// <summary>
/// The clipboard of the user's own terminal, also over SSH: OSC 52. Terminals may refuse it, and do not say whether they did.
/// </summary>
internal static class Clipboard
{
    /// <summary>What common terminals take at least, before base64.</summary>
    public const int LongestBytes = 50_000;

    /// <summary>GNU screen hands on what is wrapped for it, in pieces; its older versions take 256 bytes.</summary>
    private const int LongestPiece = 240;

    /// <summary>Whether the terminal is one that GNU screen makes.</summary>
    public static bool IsInScreen => Environment.GetEnvironmentVariable("STY") is { Length: > 0 };

    public static string? Sequence(string text, bool inScreen)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > LongestBytes)
        {
            return null;
        }

        string sequence = $"\e]52;c;{Convert.ToBase64String(bytes)}\a";
        return inScreen ? string.Concat(sequence.Chunk(LongestPiece).Select(piece => $"\eP{new string(piece)}\e\\")) : sequence;
    }
}
