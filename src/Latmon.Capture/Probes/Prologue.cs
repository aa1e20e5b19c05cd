using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Latmon.Capture.Probes;

/// <summary>
/// Where in the beginning of a function a probe costs least. The kernel carries some instructions out itself (push, nop, call,
/// jump: arch/x86/kernel/uprobes.c) and single-steps the others, which takes two more exceptions: 0.6 against 9 µs in a virtual
/// machine. So the probe goes past what does no harm to the arguments, up to the first of the cheap ones.
/// </summary>
internal static class Prologue
{
    /// <summary>Enough for what is skipped.</summary>
    public const int Bytes = 32;

    private static readonly byte[] BranchTarget = [0xf3, 0x0f, 0x1e, 0xfa]; // endbr64
    private static readonly byte[] GrowStackByte = [0x48, 0x83, 0xec]; // sub $imm8, %rsp
    private static readonly byte[] GrowStack = [0x48, 0x81, 0xec]; // sub $imm32, %rsp

    /// <summary>Registers of the arguments from 1, as instructions number them: rdi, rsi, rdx, rcx; the rest needs a prefix.</summary>
    private static readonly byte[] ArgumentRegisters = [7, 6, 2, 1];

    /// <param name="code">The function's first bytes.</param>
    /// <param name="needsReturn">The return is wanted too: its address must still lie on top of the stack.</param>
    /// <param name="arguments">Numbers of those that are read.</param>
    public static AttachPoint Choose(ReadOnlySpan<byte> code, bool needsReturn, params ReadOnlySpan<byte> arguments)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return new AttachPoint(0, 0, IsCheap: null);
        }

        int at = 0;
        int stackBytes = 0;
        while (!IsCarriedOut(code[at..]))
        {
            int length = LengthOfHarmless(code[at..], arguments, out int grows);
            if (length == 0 || (needsReturn && grows > 0) || at + length >= code.Length)
            {
                return new AttachPoint(0, 0, IsCheap: false);
            }

            at += length;
            stackBytes += grows;
        }

        return new AttachPoint(at, stackBytes / 8, IsCheap: true);
    }

    /// <summary>True when the kernel emulates the instruction that begins here.</summary>
    public static bool IsCarriedOut(ReadOnlySpan<byte> code) => code switch
    {
        [>= 0x50 and <= 0x57, ..] => true, // push
        [0x41, >= 0x50 and <= 0x57, ..] => true, // push of r8 to r15
        [0x90, ..] or [0x66, 0x90, ..] or [0x0f, 0x1f, ..] => true, // nop
        [0xe8 or 0xe9 or 0xeb, ..] => true, // call, jmp
        [>= 0x70 and <= 0x7f, ..] or [0x0f, >= 0x80 and <= 0x8f, ..] => true, // conditional jump
        _ => false,
    };

    /// <summary>0 when the instruction is not known, or overwrites an argument.</summary>
    private static int LengthOfHarmless(ReadOnlySpan<byte> code, ReadOnlySpan<byte> arguments, out int grows)
    {
        grows = 0;
        if (code.StartsWith(BranchTarget))
        {
            return BranchTarget.Length;
        }

        if (code.StartsWith(GrowStackByte) && code.Length > 3 && code[3] < 0x80)
        {
            grows = code[3];
            return 4;
        }

        if (code.StartsWith(GrowStack) && code.Length >= 7)
        {
            grows = BinaryPrimitives.ReadInt32LittleEndian(code[3..]);
            return grows is > 0 and < 8 * byte.MaxValue ? 7 : 0;
        }

        return code is [>= 0xb8 and <= 0xbf, _, _, _, _, ..] && !Overwrites(code[0] & 7, arguments) ? 5 : 0; // mov $imm32, %reg
    }

    private static bool Overwrites(int register, ReadOnlySpan<byte> arguments)
    {
        const int StackRegister = 4;
        foreach (byte argument in arguments)
        {
            if (argument is >= 1 and <= 4 && ArgumentRegisters[argument - 1] == register)
            {
                return true;
            }
        }

        return register == StackRegister;
    }
}

/// <param name="Offset">Bytes from the function's beginning.</param>
/// <param name="StackWords">Words of 8 bytes that the stack has grown by until there.</param>
/// <param name="IsCheap">Null where the kernel does not say what it emulates.</param>
internal readonly record struct AttachPoint(int Offset, int StackWords, bool? IsCheap);
