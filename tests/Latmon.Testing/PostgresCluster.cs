using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Latmon.Testing;

/// <summary>Debian's PostgreSQL with a cluster of the test's own, on a port and a socket of its own, run by the user postgres.</summary>
public sealed class PostgresCluster : IDisposable
{
    private const string User = "postgres";

    private readonly Process _server;

    public PostgresCluster()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("latmon-postgres-").FullName;
        Run("/usr/bin/chown", User, Directory);
        Run("/usr/bin/setpriv", [.. AsUser, $"{Programs}/initdb", "-D", Data, "-A", "trust", "-U", User, "--no-sync"]);
        Port = FreePort();
        string[] options = [$"port={Port}", "listen_addresses=127.0.0.1", $"unix_socket_directories={Directory}", "fsync=off"];
        _server = Start("/usr/bin/setpriv", [.. AsUser, $"{Programs}/postgres", "-D", Data, .. options.SelectMany(option => new[] { "-c", option })]);
        if (!Eventually.Is(() => Answers()))
        {
            throw new InvalidOperationException("PostgreSQL does not answer.");
        }
    }

    public static string Programs { get; } =
        System.IO.Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin";

    public string Directory { get; }

    public int Port { get; }

    public string PortText => Port.ToString(CultureInfo.InvariantCulture);

    private string Data => Path.Combine(Directory, "data");

    private static string[] AsUser => [$"--reuid={User}", $"--regid={User}", "--clear-groups"];

    /// <summary>Runs one of PostgreSQL's own clients to its end.</summary>
    public void Client(string program, params string[] arguments) =>
        Run($"{Programs}/{program}", ["-h", "127.0.0.1", "-p", PortText, "-U", User, .. arguments]);

    /// <summary>SIGINT: fast shutdown.</summary>
    public void Dispose()
    {
        Run("/bin/kill", "-INT", _server.Id.ToString(CultureInfo.InvariantCulture));
        _server.WaitForExit();
        _server.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private bool Answers()
    {
        using Process probe = Start($"{Programs}/pg_isready", ["-q", "-h", "127.0.0.1", "-p", PortText]);
        probe.WaitForExit();
        return probe.ExitCode == 0;
    }

    private static void Run(string file, params string[] arguments)
    {
        using Process process = Start(file, arguments);
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors}");
        }
    }

    private static Process Start(string file, IEnumerable<string> arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
