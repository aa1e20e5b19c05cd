using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Behaviour;

/// <summary>Who comes in the middle of an incident does not want to wait, and neither does who leaves.</summary>
public sealed class QuickTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private const int Runs = 5;
    private const long SecondNs = 1_000_000_000;

    private readonly NginxServer _nginx = shared.Server;

    /// <summary>Without probes inside processes, of which the kernel takes one after the other off.</summary>
    [Fact]
    public void It_watches_within_a_second_and_is_gone_within_another()
    {
        List<long> attachNs = [];
        List<long> detachNs = [];
        for (int i = 0; i < Runs; i++)
        {
            long started = Moment.Now;
            using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port, "--probes", "none");
            attachNs.Add(Moment.Now - started);
            using HttpConnection connection = HttpConnection.Open(_nginx.Port);
            connection.Ask(HttpText.Get("/ok/"));
            latmon.WaitFor(1);
            long told = Moment.Now;
            latmon.Stop();
            detachNs.Add(Moment.Now - told);
        }

        Assert.InRange(Median(attachNs), 0, SecondNs);
        Assert.InRange(Median(detachNs), 0, SecondNs);
    }

    private static long Median(List<long> values) => values.Order().ElementAt(values.Count / 2);
}
