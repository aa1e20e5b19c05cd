using System.Globalization;
using System.Runtime.InteropServices;

namespace Latmon.Capture.Probes;

/// <summary>Where a probe finds the general registers: <c>struct pt_regs</c> of x86-64, <c>struct user_pt_regs</c> of arm64.</summary>
internal static class RegisterPlaces
{
    private const int WordBytes = 8;
    private const int ArmStackPointer = 31;

    /// <summary>In the order of struct pt_regs, each by all its names; what the kernel keeps behind them is no register.</summary>
    private static readonly string[][] X86 =
    [
        ["r15", "r15d", "r15w", "r15b"], ["r14", "r14d", "r14w", "r14b"], ["r13", "r13d", "r13w", "r13b"], ["r12", "r12d", "r12w", "r12b"],
        ["rbp", "ebp", "bp", "bpl"], ["rbx", "ebx", "bx", "bl"],
        ["r11", "r11d", "r11w", "r11b"], ["r10", "r10d", "r10w", "r10b"], ["r9", "r9d", "r9w", "r9b"], ["r8", "r8d", "r8w", "r8b"],
        ["rax", "eax", "ax", "al"], ["rcx", "ecx", "cx", "cl"], ["rdx", "edx", "dx", "dl"], ["rsi", "esi", "si", "sil"], ["rdi", "edi", "di", "dil"],
        [], [], [], [], ["rsp", "esp", "sp", "spl"],
    ];

    /// <param name="offset">In bytes.</param>
    public static bool TryFind(string register, Architecture architecture, out ushort offset)
    {
        int place = architecture == Architecture.Arm64 ? OnArm(register) : Array.FindIndex(X86, names => names.Contains(register));
        offset = (ushort)(Math.Max(place, 0) * WordBytes);
        return place >= 0;
    }

    private static int OnArm(string register) => register switch
    {
        "sp" => ArmStackPointer,
        ['x' or 'w', ..] when byte.TryParse(register.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
            && number < ArmStackPointer => number,
        _ => -1,
    };
}
