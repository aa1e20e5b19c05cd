using System.Text;

namespace Latmon.Tui.Output;

/// <summary>
/// The clipboard of the user's own terminal, also over SSH: OSC 52. Terminals may refuse it, and do not say whether they did.
/// </summary>
internal static class Clipboard
{
    /// <summary>What common terminals take at least, before base64.</summary>
    public const int LongestBytes = 50_000;

    public static string? Sequence(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length > LongestBytes ? null : $"\e]52;c;{Convert.ToBase64String(bytes)}\a";
    }
}
