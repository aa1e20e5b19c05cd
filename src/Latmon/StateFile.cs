namespace Latmon;

/// <summary>What the screen remembers, in <c>$XDG_STATE_HOME/latmon/screen.json</c> or under <c>~/.local/state</c>.</summary>
internal static class StateFile
{
    private const int Longest = 4096;

    private static string? Path => (Environment.GetEnvironmentVariable("XDG_STATE_HOME"), Environment.GetEnvironmentVariable("HOME")) switch
    {
        ({ Length: > 0 } state, _) => System.IO.Path.Combine(state, "latmon", "screen.json"),
        (_, { Length: > 0 } home) => System.IO.Path.Combine(home, ".local/state/latmon", "screen.json"),
        _ => null,
    };

    /// <summary>Null when there is nothing, or nothing that can be read.</summary>
    public static string? Read()
    {
        try
        {
            return Path is { } path && new FileInfo(path) is { Exists: true, Length: <= Longest } ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Replaced as a whole and never written through a link. That it could not be kept is no reason to complain on leaving.</summary>
    public static void Write(string text)
    {
        if (Path is not { } path || Read() == text)
        {
            return;
        }

        string draft = $"{path}.{Environment.ProcessId}";
        try
        {
            CallerFiles.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            using (FileStream file = CallerFiles.Create(draft))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(draft);
        }
    }
}
