namespace Latmon.Capture;

/// <summary>What the kernel says in a file of /proc or /sys.</summary>
internal static class KernelText
{
    /// <summary>Without the white space around it; empty where there is no such file, or none that may be read.</summary>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
