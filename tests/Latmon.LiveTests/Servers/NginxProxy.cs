using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>An nginx with one worker that asks another server for everything; on a free port of 127.0.0.1.</summary>
public sealed class NginxProxy : IDisposable
{
    private readonly NginxProcess _process;

    private NginxProxy(Func<int, string> http) =>
        _process = NginxProcess.Start(new TempDirectory(), http(Port), () => HttpConnection.Open(Port).Dispose());

    public int Port { get; } = FreePort.Next();

    public int WorkerPid => _process.WorkerPid;

    /// <param name="keepAlive">Else each request opens a connection to the other server, which is nginx's default.</param>
    public static NginxProxy To(int upstream, bool keepAlive = true) =>
        new(port => Http(port, $"127.0.0.1:{upstream}", keepAlive));

    /// <param name="keepAlive">As above.</param>
    public static NginxProxy ToSocket(string path, bool keepAlive) => new(port => Http(port, $"unix:{path}", keepAlive));

    /// <param name="script">What answers, whatever the path is.</param>
    public static NginxProxy ToFastCgi(string path, string script) => new(port => FastCgi(port, path, script));

    public void Dispose() => _process.Dispose();

    private static string FastCgi(int port, string path, string script) => $$"""
          server {
            listen 127.0.0.1:{{port}};
            location / {
              include /etc/nginx/fastcgi_params;
              fastcgi_param SCRIPT_FILENAME {{script}};
              fastcgi_pass unix:{{path}};
            }
          }
        """;

    private static string Http(int port, string upstream, bool keepAlive) => $$"""
          upstream behind { server {{upstream}}; {{(keepAlive ? "keepalive 64; keepalive_requests 1000000000;" : "")}} }
          server {
            listen 127.0.0.1:{{port}};
            location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection "{{(keepAlive ? "" : "close")}}"; }
          }
        """;
}
