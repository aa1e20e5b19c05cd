using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Servers;

namespace Latmon.LiveTests.Encryption;

/// <summary>An nginx with one worker that serves HTTPS on a free port of 127.0.0.1.</summary>
public sealed class HttpsNginx : IDisposable
{
    public const int BigFileBytes = 3_000_000;

    private readonly TempDirectory _directory = new();
    private readonly NginxProcess _process;

    public HttpsNginx()
    {
        ServerCertificate.Write(CertificateFile, _directory["key.pem"]);
        using (FileStream big = File.Create(_directory["big.bin"]))
        {
            big.SetLength(BigFileBytes);
        }

        _process = NginxProcess.Start(_directory, Http(Port, _directory["sink.sock"]), () => HttpConnection.Open(Port).Dispose());
    }

    public int Port { get; } = FreePort.Next();

    public string CertificateFile => _directory["cert.pem"];

    public string Directory => _directory.Path;

    public void Dispose() => _process.Dispose();

    private static string Http(int port, string sink) => $$"""
          client_max_body_size 100m;
          server {
            listen 127.0.0.1:{{port}} ssl;
            ssl_certificate cert.pem;
            ssl_certificate_key key.pem;
            ssl_protocols TLSv1.2 TLSv1.3;
            root .;
            location /ok/ { return 200 "ok\n"; }
            location /missing/ { return 404 "missing\n"; }
            # Reads the whole body before it asks the sink, which is not told about the body.
            location = /upload {
              proxy_pass http://unix:{{sink}}:/sink;
              proxy_pass_request_body off;
              proxy_set_header Content-Length "";
            }
          }
          server {
            listen unix:{{sink}};
            location = /sink { return 200 "taken\n"; }
          }
        """;
}
