using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// A threaded HTTP server in Debian's Python that asks PostgreSQL through psycopg2, which is libpq, once for each request; each of its
/// threads has a connection. It loads psycopg2 with the first request only.
/// </summary>
public sealed class PythonApplication : IDisposable
{
    private const string Program = """
        import sys, threading
        from http.server import ThreadingHTTPServer, BaseHTTPRequestHandler
        local = threading.local()
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                import psycopg2
                if not hasattr(local, "connection"):
                    local.connection = psycopg2.connect(sys.argv[2])
                    local.connection.autocommit = True
                cursor = local.connection.cursor()
                cursor.execute("select %s, pg_sleep(0.001)", (self.path,))
                cursor.fetchall()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
            def log_message(self, *arguments):
                pass
        ThreadingHTTPServer.daemon_threads = True
        server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
        print("ready", flush=True)
        server.serve_forever()
        """;

    private readonly ChildProcess _process;

    private PythonApplication(string database)
    {
        _process = ChildProcess.Start("/usr/bin/python3", ["-c", Program, Port.ToString(CultureInfo.InvariantCulture), database]);
        _ = _process.FirstLine("Python");
    }

    public int Port { get; } = FreePort.Next();

    public int Pid => _process.Pid;

    /// <param name="database">What libpq takes for a connection.</param>
    public static PythonApplication Start(string database) => new(database);

    /// <summary>As many requests from as many connections at once.</summary>
    public void Load(int connections, int requests) => Task.WaitAll(
        [.. Enumerable.Range(0, connections).Select(_ => Task.Run(() => Ask(requests / connections)))]);

    public void Ask(int requests)
    {
        using HttpConnection connection = HttpConnection.Open(Port);
        for (int i = 0; i < requests; i++)
        {
            connection.Ask(HttpText.Get("/item"));
        }
    }

    public void Dispose() => _process.Dispose();
}
