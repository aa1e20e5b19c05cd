using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Volume;

/// <summary>
/// Hundreds of connections that stay open after a request: their acknowledgements come by the timer, dozens at once, and when that
/// timer interrupts latmon's program for arriving segments the kernel leaves it out for all of them.
/// </summary>
public sealed class IdleTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private const int Rounds = 8;
    private const int Connections = 500;

    [Fact]
    public void The_last_request_of_every_connection_is_told_while_all_are_idle()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(shared.Server.Port);
        byte[] request = HttpText.Get("/ok/");
        for (int round = 1; round <= Rounds; round++)
        {
            HttpConnection[] connections = [.. Enumerable.Range(0, Connections).Select(_ => Opened(request))];
            latmon.WaitFor(round * Connections * 2);
            Array.ForEach(connections, connection => connection.Dispose());
        }

        latmon.Finish(Rounds * Connections * 2);
    }

    private HttpConnection Opened(byte[] request)
    {
        HttpConnection connection = HttpConnection.Open(shared.Server.Port);
        connection.Ask(request);
        connection.Ask(request);
        return connection;
    }
}
