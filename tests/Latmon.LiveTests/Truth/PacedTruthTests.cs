using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Truth;

public sealed class PacedTruthTests
{
    [Fact]
    public void Paced_clients_send_all_requests_at_their_rate()
    {
        using NginxServer nginx = NginxServer.Start();
        long start = Moment.Now;
        new PacedClients(nginx.Port, connections: 16, perSecond: 2000).Run(1000, i => HttpText.Get($"/ok/{i}"), _ => 200);
        Assert.InRange(Moment.Now - start, 499_000_000, 1_000_000_000);
        Assert.Equal(1000, nginx.CountRequests());
    }

    [Fact]
    public void Pausing_while_reading_a_big_file_holds_up_the_server()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = LateReader.Open(nginx.Port, receiveBufferBytes: 64 * 1024);
        connection.Send(HttpText.Get("/files/big.bin"));
        long pausedNs = new PiecewiseClient(connection).ReadSlowly(
            NginxServer.BigFileBytes, 64 * 1024, every: 100, TimeSpan.FromMilliseconds(20));
        Assert.InRange(pausedNs, 100_000_000, 60_000_000_000);
    }
}
