namespace Latmon.LiveTests.Servers;

/// <summary>What is in the block <c>http</c>: one location per situation; paths that need no file answer by <c>return</c>.</summary>
public static class NginxConfiguration
{
    /// <param name="port">The port that is watched.</param>
    /// <param name="aside">The port for what must not add traffic to the watched one.</param>
    /// <param name="sink">The socket in the file system where uploads go.</param>
    public static string Http(int port, int aside, string sink, bool alsoOnIPv6) => $$"""
          client_max_body_size 100m;
          large_client_header_buffers 8 32k;
          default_type text/plain;
          sendfile on;
          server {
            listen 127.0.0.1:{{port}};
            {{(alsoOnIPv6 ? $"listen [::1]:{port};" : "")}}
            root .;
            location /files/ { }
            location = /files/text.txt { gzip on; gzip_min_length 1; gzip_types text/plain; gzip_comp_level 1; }
            location = /empty { return 204; }
            location = /moved { return 301 /files/small.txt; }
            location = /broken { return 500; }
            location = /busy { return 503 "busy\n"; }
            location /ok/ { return 200 "ok\n"; }
            location /missing/ { return 404 "missing\n"; }
            location /failing/ { return 500 "failing\n"; }
            # Reads the whole body before it asks the sink, which is not told about the body.
            location = /upload {
              proxy_pass http://unix:{{sink}}:/sink;
              proxy_pass_request_body off;
              proxy_set_header Content-Length "";
            }
          }
          server {
            listen 127.0.0.1:{{aside}};
            location = /status { stub_status; }
          }
          server {
            listen unix:{{sink}};
            location = /sink { return 200 "taken\n"; }
          }
        """;
}
