using System.Diagnostics;

namespace Latmon.Capture.Tests.Probes;

/// <summary>
/// A program built here, which loads a library and calls a function of it when it is told to. Beside it lie a library built here and a
/// copy of Debian's libpq. It may run in a mount namespace of its own with the folder as the root of its file system, as in a container.
/// </summary>
internal sealed class LibraryCaller : IDisposable
{
    private const string Program = """
        #include <dlfcn.h>
        #include <stdio.h>
        #include <string.h>
        int main(void)
        {
            char line[256];
            while (fgets(line, sizeof(line), stdin)) {
                char *library = strtok(line, "\t"), *function = strtok(NULL, "\t"), *first = strtok(NULL, "\t"), *second = strtok(NULL, "\n");
                void *loaded = dlopen(library, RTLD_NOW);
                void *(*call)(const char *, const char *) = loaded ? dlsym(loaded, function) : NULL;
                if (call)
                    call(strcmp(first, "-") ? first : NULL, second);
                puts(call ? "called" : dlerror());
                fflush(stdout);
            }
            return 0;
        }
        """;

    private const string Library = """
        #include <stdlib.h>
        #include <unistd.h>
        void *own_work(const char *name, const char *milliseconds)
        {
            usleep(atoi(milliseconds) * 1000);
            return 0;
        }
        """;

    public const string Definition = """
        {
          "name": "own", "files": ["libown.so"],
          "spans": [
            { "name": "work", "begin": "own_work", "text": 1, "text_is": "plain" },
            { "name": "play", "begin": "own_play" }
          ]
        }
        """;

    private readonly Process _process;

    public LibraryCaller(bool inContainer)
    {
        Folder = Directory.CreateTempSubdirectory("latmon-library-").FullName;
        Build("caller.c", Program, "-o", $"{Folder}/caller", "-ldl");
        Build("own.c", Library, "-shared", "-fPIC", "-o", $"{Folder}/libown.so");
        CopyWithLibraries(Run("/bin/sh", "-c", "readlink -f /usr/lib/*/libpq.so.5").Trim(), $"{Folder}/libpq.so.5");
        CopyWithLibraries($"{Folder}/caller", null);
        (string file, string[] arguments) = inContainer
            ? ("/usr/bin/unshare", ["--mount", "/usr/sbin/chroot", Folder, "/caller"])
            : ($"{Folder}/caller", Array.Empty<string>());
        Root = inContainer ? "" : Folder;
        _process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    public string Folder { get; }

    /// <summary>Where the program sees the folder.</summary>
    public string Root { get; }

    public int Pid => _process.Id;

    /// <param name="first">Without, NULL.</param>
    public void Call(string library, string function, string? first, string second)
    {
        _process.StandardInput.WriteLine(string.Join('\t', $"{Root}/{library}", function, first ?? "-", second));
        _process.StandardInput.Flush();
        Assert.Equal("called", _process.StandardOutput.ReadLine());
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Build(string name, string source, params string[] arguments)
    {
        File.WriteAllText($"{Folder}/{name}", source);
        _ = Run("/usr/bin/clang", ["-O1", $"{Folder}/{name}", .. arguments]);
    }

    /// <summary>A file and the libraries that it needs, where they are looked for.</summary>
    private void CopyWithLibraries(string file, string? to)
    {
        if (to is not null)
        {
            File.Copy(file, to);
        }

        foreach (string library in Run("/usr/bin/ldd", file).Split([' ', '\t', '\n']).Where(word => word.StartsWith('/')))
        {
            string copy = Folder + library;
            _ = Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(library, copy, overwrite: true);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
