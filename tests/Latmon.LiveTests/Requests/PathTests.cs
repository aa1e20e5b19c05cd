using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Requests;

/// <summary>Paths are exact and in order; what follows the question mark, cookies and credentials are nobody's business.</summary>
public sealed class PathTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private readonly NginxServer _nginx = shared.Server;

    [Fact]
    public void Paths_come_out_exactly_and_in_order()
    {
        string[] paths = ["/ok/", "/ok/a", "/ok/%20blank", "/ok/%C3%A9t%C3%A9", "/ok//double//slash", "/ok/dots/../up", "/ok/a;b=c,d+e~f"];
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        foreach (string path in paths)
        {
            connection.Ask(HttpText.Get(path));
        }

        Assert.Equal(paths, latmon.Finish(paths.Length).Paths);
    }

    [Fact]
    public void A_path_of_200_bytes_is_whole()
    {
        string path = "/ok/" + new string('p', 196);
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Get(path));
        Assert.Equal(path, latmon.Finish(1).Only.UrlPath);
    }

    [Fact]
    public void A_path_longer_than_what_is_kept_of_a_head_is_cut_and_the_next_is_whole()
    {
        string longPath = "/ok/" + new string('p', 6000);
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Get(longPath));
        connection.Ask(HttpText.Get("/ok/next"));

        IReadOnlyList<TraceLine> traces = latmon.Finish(2).Traces;
        Assert.StartsWith(traces[0].UrlPath!, longPath, StringComparison.Ordinal);
        Assert.Equal("GET /ok/next 200", traces[1].Summary);
    }

    [Fact]
    public void Query_values_cookies_and_credentials_do_not_appear()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Get(
            "/ok/search?token=s3cret-query", "Cookie: session=s3cret-cookie", "Authorization: Basic s3cret-credentials"));

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal("/ok/search", trace.UrlPath);
        Assert.DoesNotContain("s3cret", trace.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_traceparent_header_gives_the_trace_id()
    {
        const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Get("/ok/traced", $"traceparent: 00-{TraceId}-00f067aa0ba902b7-01"));
        connection.Ask(HttpText.Get("/ok/plain"));
        Assert.Equal([TraceId, null], latmon.Finish(2).Traces.Select(trace => trace.TraceId));
    }
}
