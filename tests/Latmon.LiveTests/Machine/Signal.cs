using System.Runtime.InteropServices;

namespace Latmon.LiveTests.Machine;

/// <summary>Signals to one process that the test itself started, by its pid.</summary>
public static partial class Signal
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int pid, int signal)
    {
        // 0 and negative numbers would address groups of processes that are not ours.
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pid);
        if (kill(pid, signal) != 0)
        {
            throw new InvalidOperationException($"kill({pid}, {signal}): {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
