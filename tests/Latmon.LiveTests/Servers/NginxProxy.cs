using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// An nginx with one worker that asks another server for everything, on connections that it keeps; on a free port of
/// 127.0.0.1.
/// </summary>
public sealed class NginxProxy : IDisposable
{
    private readonly NginxProcess _process;

    private NginxProxy(int upstream) => _process = NginxProcess.Start(
        new TempDirectory(), Http(Port, upstream), () => HttpConnection.Open(Port).Dispose());

    public int Port { get; } = FreePort.Next();

    public int WorkerPid => _process.WorkerPid;

    public static NginxProxy To(int upstream) => new(upstream);

    public void Dispose() => _process.Dispose();

    private static string Http(int port, int upstream) => $$"""
          upstream behind { server 127.0.0.1:{{upstream}}; keepalive 64; keepalive_requests 1000000000; }
          server {
            listen 127.0.0.1:{{port}};
            location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }
          }
        """;
}
