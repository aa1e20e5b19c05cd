using System.Globalization;
using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Chain;

/// <summary>
/// An application between nginx and PostgreSQL on a free port of 127.0.0.1: <c>app.py</c>, which has a thread for each connection, or
/// <c>app.js</c>, an event loop. What their paths mean is said there.
/// </summary>
public sealed class ChainApplication : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly ChildProcess _process;

    private ChainApplication(string file, Func<string, IEnumerable<string>> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        _process = ChildProcess.Start(file, arguments(Text(Port)), environment);
        _process.WaitUntil(Listens, file);
    }

    public int Port { get; } = FreePort.Next();

    public int Pid => _process.Pid;

    /// <param name="pool">Database connections that all threads share; 0 = one for each thread.</param>
    public static ChainApplication Threaded(int databasePort, int pool) =>
        new(Python, port => Program(port, databasePort, pool), new Dictionary<string, string?>());

    public static ChainApplication EventLoop(int databasePort, int pool) => new(
        "node",
        port => [Beside("app.js"), port, Text(databasePort), Text(pool)],
        new Dictionary<string, string?> { ["NODE_PATH"] = Environment.GetEnvironmentVariable("NODE_PATH") ?? NodeModules.Directory });

    public void Dispose() => _process.Dispose();

    private static string[] Program(string port, int databasePort, int pool) =>
        ["-B", Beside("app.py"), port, $"host=127.0.0.1 port={Text(databasePort)} user=postgres dbname=postgres", Text(pool)];

    private static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, "Chain", file);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private bool Listens()
    {
        try
        {
            HttpConnection.Open(Port).Dispose();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}
