namespace Latmon.Capture.Probes;

/// <summary>A file that a definition wants, and the processes that run it: any of them may end before it is opened.</summary>
internal sealed class WantedFile(ProbeSet set)
{
    private readonly List<MappedFile> _users = [];

    public ProbeSet Set => set;

    /// <summary>As the process that was found first knows it.</summary>
    public string Path => _users[0].Path;

    public void Add(MappedFile user) => _users.Add(user);

    /// <summary>Null when by none of the processes: they have ended.</summary>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public ElfFile? Open()
    {
        foreach (MappedFile user in _users)
        {
            try
            {
                return ElfFile.Open(user.Handle);
            }
            catch (IOException)
            {
                // Its end has two faces, "no such file" and, for a moment, "no such process"; the next one may still run.
            }
        }

        return null;
    }
}
