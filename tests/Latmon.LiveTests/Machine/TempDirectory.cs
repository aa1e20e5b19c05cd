namespace Latmon.LiveTests.Machine;

/// <summary>A directory of the test's own, readable for everybody (servers give up root), removed at the end.</summary>
public sealed class TempDirectory : IDisposable
{
    private const UnixFileMode ReadableForAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public TempDirectory()
    {
        Path = Directory.CreateTempSubdirectory("latmon-live-").FullName;
        File.SetUnixFileMode(Path, ReadableForAll);
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
