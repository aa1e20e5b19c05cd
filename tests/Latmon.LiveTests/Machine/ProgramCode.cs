using System.Globalization;

namespace Latmon.LiveTests.Machine;

/// <summary>The machine code of a running process, as it is in its memory: a probe is a changed instruction there.</summary>
public static class ProgramCode
{
    /// <summary>Of the program itself, without its libraries.</summary>
    public static byte[] Of(int pid)
    {
        string program = File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)!.FullName;
        string mapping = File.ReadLines($"/proc/{pid}/maps")
            .First(line => line.EndsWith(program, StringComparison.Ordinal) && line.Contains(" r-xp ", StringComparison.Ordinal));
        string[] range = mapping.Split(' ')[0].Split('-');
        long from = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        byte[] code = new byte[long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) - from];
        using FileStream memory = new($"/proc/{pid}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        memory.Position = from;
        memory.ReadExactly(code);
        return code;
    }
}
