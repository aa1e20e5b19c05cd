using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Latmon.Capture.Probes;

/// <summary>
/// <c>struct mark_argument</c> of <c>latmon.h</c>: where an argument of a statically defined probe is. The note says it in the
/// assembler's words behind a size in bytes, which is negative for signed ones: <c>8@%rdi</c>, <c>-4@-20(%rbp)</c>, <c>4@$5</c> on
/// x86-64, <c>8@x1</c>, <c>-4@[sp, 16]</c>, <c>4@5</c> on arm64.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal partial struct MarkArgument
{
    private const int LongestBytes = 8;

    public ulong Value;
    public ushort InRegisters;
    public MarkPlace Place;
    public byte Shift;
    public uint IsSigned;

    /// <summary>Of the machine's own kind, by number from 1; false for the places that no general register leads to.</summary>
    public static bool TryRead(string arguments, int number, out MarkArgument argument) =>
        TryRead(arguments, number, RuntimeInformation.ProcessArchitecture, out argument);

    public static bool TryRead(string arguments, int number, Architecture architecture, out MarkArgument argument)
    {
        argument = default;
        MatchCollection all = Single().Matches(arguments);
        if (number < 1 || number > all.Count)
        {
            return false;
        }

        Match parts = architecture == Architecture.Arm64 ? OnArm().Match(all[number - 1].Value) : OnX86().Match(all[number - 1].Value);
        int size = parts.Success ? int.Parse(parts.Groups["size"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        if (Math.Abs(size) is not (1 or 2 or 4 or LongestBytes) || !TryPlace(parts, architecture, out argument))
        {
            return false;
        }

        argument.Shift = (byte)(8 * (LongestBytes - Math.Abs(size)));
        argument.IsSigned = size < 0 ? 1u : 0u;
        return true;
    }

    private static bool TryPlace(Match parts, Architecture architecture, out MarkArgument argument)
    {
        Group register = parts.Groups["register"];
        Group memory = parts.Groups["memory"];
        long value = 0;
        bool isValue = parts.Groups["value"].Length == 0
            || long.TryParse(parts.Groups["value"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
        argument = new MarkArgument
        {
            Value = (ulong)value,
            Place = memory.Success ? MarkPlace.Memory : register.Success ? MarkPlace.Register : MarkPlace.Constant,
        };
        return isValue && (argument.Place == MarkPlace.Constant
            || RegisterPlaces.TryFind(memory.Success ? memory.Value : register.Value, architecture, out argument.InRegisters));
    }

    /// <summary>Arguments are parted by spaces, which memory on arm64 has inside its brackets too.</summary>
    [GeneratedRegex(@"-?\d+f?@(?:\[[^\]]*\]|\S+)")]
    private static partial Regex Single();

    [GeneratedRegex(@"^(?<size>-?\d)@(?:\$(?<value>-?\d+)|%(?<register>\w+)|(?<value>-?\d*)\(%(?<memory>\w+)\))$")]
    private static partial Regex OnX86();

    [GeneratedRegex(@"^(?<size>-?\d)@(?:(?<value>-?\d+)|(?<register>[a-z]\w+)|\[(?<memory>\w+)(?:, *(?<value>-?\d+))?\])$")]
    private static partial Regex OnArm();
}

/// <summary><c>enum mark_place</c> of <c>latmon.h</c>.</summary>
internal enum MarkPlace : byte
{
    Nothing = 0,
    Constant = 1,
    Register = 2,
    Memory = 3,
}
