using System.Globalization;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// Debian's gunicorn on a socket in a directory of its own: one worker whose threads each ask PostgreSQL over its socket, by
/// libpq, a statement that carries the last part of the request's path as a name, which masking leaves.
/// </summary>
public sealed class GunicornServer : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ChildProcess _process;

    private GunicornServer(PostgresServer database)
    {
        File.WriteAllText(_directory["app.py"], Application(database));
        _process = ChildProcess.Start("/usr/bin/python3",
        [
            "/usr/bin/gunicorn", "--chdir", _directory.Path, "--bind", $"unix:{SocketPath}", "--worker-class", "gthread",
            "--workers", "1", "--threads", "16", "--worker-tmp-dir", "/dev/shm", "app:answer",
        ]);
    }

    public string SocketPath => _directory["app.sock"];

    public static GunicornServer Start(PostgresServer database) => new(database);

    public void Dispose()
    {
        _process.End();
        _process.Dispose();
        _directory.Dispose();
    }

    private static string Application(PostgresServer database) => string.Create(CultureInfo.InvariantCulture, $$"""
        import threading
        import psycopg2

        own = threading.local()


        def answer(environ, start_response):
            if not hasattr(own, "connection"):
                own.connection = psycopg2.connect(host="{{database.SocketDirectory}}", port={{database.Port}}, user="postgres")
                own.connection.autocommit = True
            cursor = own.connection.cursor()
            cursor.execute("SELECT 1 AS " + environ["PATH_INFO"].rsplit("/", 1)[1])
            body = b"%d\n" % cursor.fetchone()[0]
            start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
            return [body]
        """);
}
