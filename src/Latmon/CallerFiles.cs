using System.Globalization;
using System.Runtime.InteropServices;

namespace Latmon;

/// <summary>Files and directories for whoever ran sudo, who can then use them without.</summary>
internal static partial class CallerFiles
{
    private static (uint User, uint Group)? Caller =>
        uint.TryParse(Environment.GetEnvironmentVariable("SUDO_UID"), NumberStyles.None, CultureInfo.InvariantCulture, out uint user)
            && uint.TryParse(Environment.GetEnvironmentVariable("SUDO_GID"), NumberStyles.None, CultureInfo.InvariantCulture, out uint group)
            ? (user, group)
            : null;

    /// <summary>A new file that only its owner can read, never one that is there already, also not behind a link.</summary>
    public static FileStream Create(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsLinux())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream file = new(path, options);
        Give(file);
        return file;
    }

    /// <summary>Creates what is missing of it; only that changes hands.</summary>
    public static void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            CreateDirectory(parent);
        }

        _ = Directory.CreateDirectory(path);
        if (Caller is { } caller)
        {
            _ = lchown(path, caller.User, caller.Group);
        }
    }

    private static void Give(FileStream file)
    {
        if (Caller is { } caller)
        {
            _ = fchown((int)file.SafeFileHandle.DangerousGetHandle(), caller.User, caller.Group);
        }
    }

    [LibraryImport("libc")]
    private static partial int fchown(int file, uint user, uint group);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);
}
