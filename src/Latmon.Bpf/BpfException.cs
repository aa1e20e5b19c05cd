using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Latmon.Bpf;

/// <summary>A refusal by the kernel or by libbpf: what was asked for, and errno's meaning, in one sentence.</summary>
public sealed class BpfException(string operation, int errno) : Exception($"{operation}: {Reason(errno)}")
{
    public const int NotPermitted = 1; // EPERM
    public const int AccessDenied = 13; // EACCES
    public const int NotSupported = 524; // ENOTSUPP, which the kernel has for itself

    public int Errno { get; } = errno;

    /// <summary>True when more privileges would help, as opposed to another kernel.</summary>
    public bool IsPermission => Errno is NotPermitted or AccessDenied;

    /// <summary>What errno says, and its number.</summary>
    public static string Reason(int errno) => $"{new Win32Exception(errno).Message} (errno {errno})";

    internal static void ThrowIfNegative(int result, string operation)
    {
        if (result < 0)
        {
            throw new BpfException(operation, -result);
        }
    }

    internal static nint ThrowIfNull(nint pointer, string operation) =>
        pointer != 0 ? pointer : throw new BpfException(operation, Marshal.GetLastPInvokeError());
}
