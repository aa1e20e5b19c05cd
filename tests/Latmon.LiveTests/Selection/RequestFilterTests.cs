using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Selection;

/// <summary>Filters on what a request turned out to be.</summary>
public sealed class RequestFilterTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private static readonly string[] Asked =
        ["/ok/api/a", "/ok/b", "/missing/api/c", "/failing/d", "/busy", "/ok/api/e", "/moved", "/ok/api"];

    private readonly NginxServer _nginx = shared.Server;

    [Theory]
    [InlineData("--path", "/ok/api/*", "/ok/api/a", "/ok/api/e")]
    [InlineData("--path", "/moved", "/moved")]
    [InlineData("--path", "*api*", "/ok/api/a", "/missing/api/c", "/ok/api/e", "/ok/api")]
    [InlineData("--status", "5xx", "/failing/d", "/busy")]
    [InlineData("--status", "404", "/missing/api/c")]
    [InlineData("--status", "1xx")]
    public void Only_requests_that_match_are_printed(string option, string value, params string[] expected)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port, option, value);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        foreach (string path in Asked)
        {
            connection.Ask(HttpText.Get(path));
        }

        Assert.Equal(expected, latmon.Finish(expected.Length).Paths);
    }

    [Fact]
    public void Filters_of_different_kinds_must_all_match()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port, "--path", "*api*", "--status", "4xx", "--status", "5xx");
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        foreach (string path in Asked)
        {
            connection.Ask(HttpText.Get(path));
        }

        Assert.Equal(["/missing/api/c"], latmon.Finish(1).Paths);
    }

    [Fact]
    public void Only_requests_at_least_as_long_as_the_minimum_are_printed()
    {
        using DelayServer server = DelayServer.Start(DelayPlan.None);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port, "--min-duration", "150ms");
        using HttpConnection connection = HttpConnection.Open(server.Port);
        foreach (int wait in new[] { 0, 300, 0, 200, 0 })
        {
            connection.Ask(HttpText.Get($"/wait/{wait}"));
        }

        Assert.Equal(["/wait/300", "/wait/200"], latmon.Finish(2).Paths);
    }
}
