using System.Globalization;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// Debian's PostgreSQL with a cluster of its own in a directory of its own, on a free port of 127.0.0.1 and a socket in that
/// directory. Runs as the package's user, because it refuses root. Everybody on this machine may log in.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private const string User = "postgres";
    private const string VersionsDirectory = "/usr/lib/postgresql";

    private readonly TempDirectory _directory = new();
    private readonly ChildProcess _process;
    private readonly bool _isEncrypted;

    private PostgresServer(int port, bool isEncrypted = false)
    {
        _isEncrypted = isEncrypted;
        Port = port;
        File.SetUnixFileMode(_directory.Path, File.GetUnixFileMode(_directory.Path) | UnixFileMode.OtherWrite);
        AsUser("initdb", "-D", _directory["data"], "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        if (isEncrypted)
        {
            WriteCertificate();
        }

        (string file, string[] all) = Inside("postgres",
        [
            "-D", _directory["data"], "-p", Text(port), "-k", _directory.Path, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
            "-c", "shared_preload_libraries=pg_stat_statements", "-c", "autovacuum=off", "-c", "log_min_messages=fatal",
            "-c", isEncrypted ? "ssl=on" : "ssl=off",
        ]);
        _process = ChildProcess.Start(file, all);
        _process.WaitUntil(Answers, "PostgreSQL");
        Query("CREATE EXTENSION pg_stat_statements");
    }

    public int Port { get; }

    /// <summary>Holds the socket <c>.s.PGSQL.PORT</c>; it is also free for files of the test that the server reads.</summary>
    public string SocketDirectory => _directory.Path;

    public int Pid => _process.Pid;

    public static PostgresServer Start() => new(FreePort.Next());

    /// <summary>Its clients insist on TLS.</summary>
    public static PostgresServer StartEncrypted() => new(FreePort.Next(), isEncrypted: true);

    /// <summary>Path of a program of the newest installed version.</summary>
    public static string Program(string name) => Path.Combine(
        Directory.GetDirectories(VersionsDirectory).MaxBy(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
            ?? throw new DirectoryNotFoundException($"{VersionsDirectory} is empty: install the package postgresql."),
        "bin", name);

    /// <summary>Rows of a query that is asked over the socket of the directory, so that the port sees nothing of it.</summary>
    public IReadOnlyList<string> Query(string sql) =>
        ChildProcess.Run(Program("psql"), ["-h", SocketDirectory, .. Login, "-XAtqc", sql]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A client of the watched port, with everything else left to the caller.</summary>
    public ChildProcess StartClient(string program, params string[] arguments) =>
        ChildProcess.Start(Program(program), ["-h", "127.0.0.1", .. Login, .. arguments], ToDatabase);

    /// <summary>A client of the socket in a network namespace.</summary>
    public ChildProcess StartLocalClient(NetworkNamespace inside, string program, params string[] arguments)
    {
        (string file, string[] all) = inside.Inside(Program(program), ["-h", SocketDirectory, .. Login, .. arguments]);
        return ChildProcess.Start(file, all, ToDatabase);
    }

    /// <summary>A psql over the socket of the directory, as <see cref="Query"/>, that is not waited for.</summary>
    public ChildProcess StartLocalSession(string sql) =>
        ChildProcess.Start(Program("psql"), ["-h", SocketDirectory, .. Login, "-XAtqc", sql]);

    /// <summary>Runs one psql to its end on the watched port; statements that fail are its business.</summary>
    public void Psql(params string[] arguments)
    {
        using ChildProcess psql = StartClient("psql", ["-Xq", .. arguments]);
        psql.WaitForExit(Deadline.Usual);
    }

    public void Dispose()
    {
        // SIGINT is PostgreSQL's fast shutdown: it ends its sessions, then itself.
        if (!_process.HasExited)
        {
            _process.Send(Signal.Interrupt);
            _process.WaitForExit(Deadline.Usual);
        }

        _process.Dispose();
        _directory.Dispose();
    }

    private Dictionary<string, string?> ToDatabase => new()
    {
        ["PGDATABASE"] = User,
        ["PGSSLMODE"] = _isEncrypted ? "require" : "prefer",
    };

    /// <summary>The server takes a key only when it is its own and nobody else's.</summary>
    private void WriteCertificate()
    {
        string key = _directory["data/server.key"];
        Encryption.ServerCertificate.Write(_directory["data/server.crt"], key);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ChildProcess.Run("/bin/chown", [$"{User}:{User}", key, _directory["data/server.crt"]]);
    }

    private string[] Login => ["-p", Text(Port), "-U", User];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static (string File, string[] Arguments) Inside(string program, string[] arguments) =>
        ("/usr/bin/setpriv", ["--reuid", User, "--regid", User, "--init-groups", Program(program), .. arguments]);

    private static void AsUser(string program, params string[] arguments)
    {
        (string file, string[] all) = Inside(program, arguments);
        ChildProcess.Run(file, all);
    }

    private bool Answers()
    {
        using ChildProcess ready = ChildProcess.Start(Program("pg_isready"), ["-q", "-h", SocketDirectory, "-p", Text(Port)]);
        return ready.WaitForExit(Deadline.Usual) == 0;
    }
}
