using Microsoft.Win32.SafeHandles;

namespace Latmon.Output;

/// <summary>
/// stdout as it is. The runtime's own stream hides that the reader has gone (EPIPE), and a command that nobody reads any more
/// would run for ever.
/// </summary>
internal static class StandardOutput
{
    public static FileStream Open()
    {
        try
        {
            return new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            throw new UsageException("stdout is closed; give the lines somewhere to go.", e);
        }
    }
}
