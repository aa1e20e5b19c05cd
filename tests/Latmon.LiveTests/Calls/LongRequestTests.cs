using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Calls;

/// <summary>Where everything is slow, latmon sees nothing whole of a process for seconds.</summary>
public sealed class LongRequestTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_first_request_that_is_seen_keeps_the_calls_of_its_beginning(bool byPort)
    {
        using SocketServer app = SocketServer.Start(connection =>
        {
            _ = new HttpRequestReader(connection).Read();
            using (HttpConnection call = HttpConnection.Open(shared.Server.Port))
            {
                Assert.Equal(204, call.Ask(HttpText.Get("/empty")).Status);
            }

            Thread.Sleep(1500);
            connection.Send("HTTP/1.1 204 No Content\r\n\r\n"u8);
        });
        string process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using LatmonTrace latmon = byPort ? LatmonTrace.OfPort(app.Port) : LatmonTrace.Start("--process", process, "--path", "/long");
        using HttpConnection client = HttpConnection.Open(app.Port);
        Assert.Equal(204, client.Ask(HttpText.Get("/long")).Status);
        TraceRun run = latmon.Stop();
        TraceLine call = Assert.Single(run.Traces.Single(trace => trace.UrlPath == "/long").Children);
        Assert.Equal(("GET /empty 204", "GET /empty 204"), (call.Summary, Assert.Single(call.Children).Summary));
    }
}
