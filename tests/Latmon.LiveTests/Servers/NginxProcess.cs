using System.Globalization;
using System.Net.Sockets;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>Debian's nginx with one worker, which writes everything into one directory. Ended, and the directory removed, when disposed.</summary>
internal sealed class NginxProcess : IDisposable
{
    public const string Program = "/usr/sbin/nginx";

    private readonly TempDirectory _directory;
    private readonly ChildProcess _process;

    private NginxProcess(TempDirectory directory, NetworkNamespace? inside, string program)
    {
        _directory = directory;
        string[] arguments = ["-p", directory.Path, "-c", directory["nginx.conf"], "-e", directory["error.log"]];
        (string file, string[] all) = inside?.Inside(program, arguments) ?? (program, arguments);
        _process = ChildProcess.Start(file, all);
    }

    /// <summary>What handles the requests: the one worker, not the master.</summary>
    public int WorkerPid => int.Parse(
        File.ReadAllText($"/proc/{_process.Pid}/task/{_process.Pid}/children").Trim(), CultureInfo.InvariantCulture);

    /// <param name="directory">Becomes the process's.</param>
    /// <param name="http">What the configuration's block <c>http</c> holds of the server's own.</param>
    /// <param name="connect">Succeeds once the server listens.</param>
    /// <param name="program">Another file than the one of the package.</param>
    public static NginxProcess Start(
        TempDirectory directory, string http, Action connect, NetworkNamespace? inside = null, string program = Program)
    {
        File.WriteAllText(directory["nginx.conf"], Configuration(http));
        NginxProcess started = new(directory, inside, program);
        started._process.WaitUntil(() => Answers(connect), "nginx");
        return started;
    }

    public void Dispose()
    {
        // SIGTERM is nginx's fast shutdown: the master ends its worker, then itself.
        _process.End();
        _process.Dispose();
        _directory.Dispose();
    }

    private static bool Answers(Action connect)
    {
        try
        {
            connect();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    private static string Configuration(string http) => $$"""
        daemon off;
        worker_processes 1;
        user nobody nogroup;
        pid nginx.pid;
        error_log error.log warn;
        events { worker_connections 1024; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          keepalive_requests 1000000000;
        {{http}}
        }
        """;
}
