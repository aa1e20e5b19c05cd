using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>An nginx with one worker that asks another server for everything; on a free port of 127.0.0.1.</summary>
public sealed class NginxProxy : IDisposable
{
    private readonly NginxProcess _process;

    private NginxProxy(string upstream, bool keepAlive) => _process = NginxProcess.Start(
        new TempDirectory(), Http(Port, upstream, keepAlive), () => HttpConnection.Open(Port).Dispose());

    public int Port { get; } = FreePort.Next();

    public int WorkerPid => _process.WorkerPid;

    /// <param name="keepAlive">Else each request opens a connection to the other server, which is nginx's default.</param>
    public static NginxProxy To(int upstream, bool keepAlive = true) => new($"127.0.0.1:{upstream}", keepAlive);

    /// <param name="keepAlive">As above.</param>
    public static NginxProxy ToSocket(string path, bool keepAlive) => new($"unix:{path}", keepAlive);

    public void Dispose() => _process.Dispose();

    private static string Http(int port, string upstream, bool keepAlive) => $$"""
          upstream behind { server {{upstream}}; {{(keepAlive ? "keepalive 64; keepalive_requests 1000000000;" : "")}} }
          server {
            listen 127.0.0.1:{{port}};
            location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection "{{(keepAlive ? "" : "close")}}"; }
          }
        """;
}
