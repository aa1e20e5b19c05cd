using System.Globalization;
using System.Security.Authentication;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Xunit;

namespace Latmon.LiveTests.Encryption;

/// <summary>
/// HTTPS on Debian's nginx and OpenSSL. With the library's plaintext every request has its method, path and status; without it every
/// request is there, without them. A handshake is no request.
/// </summary>
public sealed class HttpsTests(HttpsNginx nginx) : IClassFixture<HttpsNginx>
{
    private const int UploadBytes = 300_000;

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Requests_have_their_method_path_and_status(SslProtocols protocol)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port, "--tls");
        (long asked, long answered) = AskAll(protocol);
        TraceRun run = latmon.Finish(9).ByStart;
        Assert.Equal(
            [
                "GET /ok/1 200", "POST /upload 200", "GET /big.bin 200", "GET /ok/4 200", "GET /ok/5 200", "GET /ok/6 200", "GET /ok/7 200",
                "GET /ok/8 200", "GET /ok/9 200",
            ],
            run.Summaries);
        Assert.All(run.Traces, trace => Assert.Equal("http/1.1", trace.Protocol));
        Assert.All(run.Traces, trace => Assert.True(trace.Complete, trace.Text));
        Assert.All(run.Traces, trace => Assert.InRange(trace.StartUnixNs, asked, answered));
        Assert.DoesNotContain(run.Traces, trace => trace.Text.Contains("secret", StringComparison.Ordinal));
        Assert.InRange(run.Traces[1].RequestBytes, UploadBytes, UploadBytes + 200);
        Assert.InRange(run.Traces[2].ResponseBytes, HttpsNginx.BigFileBytes, HttpsNginx.BigFileBytes + 400);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Without_plaintext_requests_are_counted_and_timed_as_tls(SslProtocols protocol)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port, "--probes", "none", "--tls", "false");
        (long asked, long answered) = AskAll(protocol);
        TraceRun run = latmon.Finish(9);
        Assert.All(run.Traces, trace => Assert.Equal(("tls", null, null), (trace.Protocol, trace.Method, trace.UrlPath)));
        Assert.All(run.Traces, trace => Assert.InRange(trace.StartUnixNs, asked, answered));
    }

    /// <summary>The head of the second lies behind the rest of a body, where nothing is kept.</summary>
    [Fact]
    public void A_request_behind_a_body_that_nobody_waited_for_is_counted()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(nginx.Port, "--tls");
        using HttpsConnection connection = new(nginx.Port, nginx.CertificateFile, SslProtocols.Tls13);
        connection.Ask("POST /missing/1", bodyBytes: UploadBytes);
        connection.Ask("GET /ok/2");
        TraceRun run = latmon.Finish(2).ByStart;
        Assert.True(run.Traces[0].Summary is "POST /missing/1 404", run.Traces[0].Text);
        Assert.Equal(200, run.Traces[1].Status);
        Assert.True(run.Traces[1].UrlPath is "/ok/2" || run.Traces[1].Notes.Contains("request head not seen"), run.Traces[1].Text);
    }

    [Theory]
    [InlineData("a", 4)]
    [InlineData("b", 16)]
    public void At_saturation_no_head_is_lost(string path, int connections)
    {
        string file = Path.Combine(nginx.Directory, $"{path}.ndjson");
        using LatmonTrace latmon = LatmonTrace.IntoFile(file, nginx.Port, "--tls");
        using ChildProcess wrk = ChildProcess.Start(
            "/usr/bin/wrk", ["-t1", $"-c{connections}", "-d2s", $"https://127.0.0.1:{nginx.Port}/ok/{path}"]);
        Assert.Equal(0, wrk.WaitForExit(Deadline.Usual));
        FinalCount count = latmon.StopWithoutLines();
        string answered = wrk.Output.Lines.First(line => line.Contains("requests in", StringComparison.Ordinal)).Trim().Split(' ')[0];
        long requests = long.Parse(answered, CultureInfo.InvariantCulture);
        long opened = File.ReadLines(file).Count(line => line.Contains($"\"name\":\"GET /ok/{path}\"", StringComparison.Ordinal)
            && line.Contains("\"http.response.status_code\":200", StringComparison.Ordinal));
        Assert.Equal(0, count.Lost);
        Assert.InRange(count.Requests, requests, requests + connections);
        Assert.InRange(opened, count.Requests * 99 / 100.0, count.Requests);
    }

    /// <summary>Nine requests on three connections; one with a body, one with a long head, one with a long answer.</summary>
    private (long AskedUnixNs, long AnsweredUnixNs) AskAll(SslProtocols protocol)
    {
        long asked = Moment.UnixNow;
        using (HttpsConnection first = new(nginx.Port, nginx.CertificateFile, protocol))
        {
            first.Ask("GET /ok/1?token=secret");
            first.Ask("POST /upload", bodyBytes: UploadBytes);
            first.Ask("GET /big.bin");
            first.Ask("GET /ok/4", $"Cookie: {new string('c', 1500)}\r\n");
        }

        using (HttpsConnection second = new(nginx.Port, nginx.CertificateFile, protocol))
        {
            second.Ask("GET /ok/5", "Connection: close\r\n");
        }

        using HttpsConnection third = new(nginx.Port, nginx.CertificateFile, protocol);
        for (int i = 6; i <= 9; i++)
        {
            third.Ask($"GET /ok/{i}");
        }

        return (asked, Moment.UnixNow);
    }
}
