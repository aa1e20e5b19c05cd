using System.Globalization;
using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// An nginx with one worker that asks another server for everything, on connections that it keeps; on a free port of
/// 127.0.0.1.
/// </summary>
public sealed class NginxProxy : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ChildProcess _process;

    private NginxProxy(int upstream)
    {
        File.WriteAllText(_directory["nginx.conf"], Configuration(Port, upstream));
        _process = ChildProcess.Start(
            "/usr/sbin/nginx", ["-p", _directory.Path, "-c", _directory["nginx.conf"], "-e", _directory["error.log"]]);
        Deadline deadline = Deadline.In(Deadline.Usual);
        while (!Listens())
        {
            // Watching for an early death is what paces the attempts.
            if (deadline.Passed || _process.ExitsWithin(TimeSpan.FromMilliseconds(2)))
            {
                throw new InvalidOperationException($"nginx did not start: {string.Join('\n', _process.Errors.Lines)}");
            }
        }
    }

    public int Port { get; } = FreePort.Next();

    public int WorkerPid => int.Parse(
        File.ReadAllText($"/proc/{_process.Pid}/task/{_process.Pid}/children").Trim(), CultureInfo.InvariantCulture);

    public static NginxProxy To(int upstream) => new(upstream);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Send(Signal.Terminate);
            _process.WaitForExit(Deadline.Usual);
        }

        _process.Dispose();
        _directory.Dispose();
    }

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

    private static string Configuration(int port, int upstream) => $$"""
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
          upstream behind { server 127.0.0.1:{{upstream}}; keepalive 64; keepalive_requests 1000000000; }
          server {
            listen 127.0.0.1:{{port}};
            location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }
          }
        }
        """;
}
