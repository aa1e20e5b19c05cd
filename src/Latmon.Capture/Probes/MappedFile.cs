namespace Latmon.Capture.Probes;

/// <summary>A file whose code a process runs: its program or a library.</summary>
/// <param name="Id">Device and inode: the same for every path to it.</param>
/// <param name="Path">As the process knows it, in its own file system.</param>
/// <param name="Handle">A path that opens this very file from here, as long as the process maps it.</param>
internal sealed record MappedFile(string Id, string Path, string Handle)
{
    /// <summary>Every file that the process maps as code and that a definition wants; a file may come more than once.</summary>
    public static void AddOf(int pid, IReadOnlyList<ProbeSet> sets, List<(ProbeSet Set, MappedFile File)> found)
    {
        byte[] maps;
        try
        {
            maps = File.ReadAllBytes($"/proc/{pid}/maps");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // It has ended, or it is a thread of the kernel.
        }

        ReadOnlySpan<byte> rest = maps;
        while (rest.IndexOf((byte)'\n') is int end and >= 0)
        {
            ReadOnlySpan<byte> line = rest[..end];
            rest = rest[(end + 1)..];
            foreach (ProbeSet set in sets)
            {
                if (IsCode(line) && set.IsIn(PathOf(line)))
                {
                    found.Add((set, Parse(pid, line)));
                }
            }
        }
    }

    /// <summary>A line: <c>7f30-7f38 r-xp 0000a000 fe:01 1234    /usr/lib/libpq.so.5.15</c>.</summary>
    internal static MappedFile Parse(int pid, ReadOnlySpan<byte> line)
    {
        string[] fields = System.Text.Encoding.UTF8.GetString(line).Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        return new MappedFile($"{fields[3]} {fields[4]}", fields[5], $"/proc/{pid}/map_files/{fields[0]}");
    }

    /// <summary>From the first slash on, without what the kernel says of a file that was replaced meanwhile.</summary>
    internal static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> line)
    {
        int at = line.IndexOf((byte)'/');
        ReadOnlySpan<byte> path = at < 0 ? [] : line[at..];
        return path.EndsWith(" (deleted)"u8) ? path[..^" (deleted)".Length] : path;
    }

    internal static bool IsCode(ReadOnlySpan<byte> line)
    {
        int at = line.IndexOf((byte)' ');
        return at > 0 && line.Length > at + 4 && line[at + 3] == (byte)'x';
    }
}
