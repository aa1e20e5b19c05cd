using Latmon.Pipeline.Windows;

namespace Latmon.Pipeline.Tests.Windows;

public sealed class SnapshotTests
{
    private const int Seed = 99;

    private static Snapshot Busy()
    {
        Random random = Seeds.Random(Seed);
        Timeline timeline = new();
        _ = timeline.Drain(0);
        for (int i = 0; i < 5000; i++)
        {
            _ = timeline.Request(i, 0.1 + (random.NextDouble() * 50), $"/items/{random.Next(100)}", random.Next(10) == 0 ? 500 : 200);
        }

        return timeline.Drain(5400)!;
    }

    [Fact]
    public void There_is_a_row_for_every_layer_in_order() =>
        Assert.Equal([.. Layers.OfServer, Layer.NetEgress], Busy().Layers.Select(row => row.Layer));

    [Fact]
    public void Shares_sum_to_the_whole()
    {
        Snapshot snapshot = Busy();
        Assert.Equal(1, snapshot.Layers.Sum(row => row.Share), 9);
        Assert.Equal(0, snapshot.Layers[(int)Layer.NetEgress].Share);
        Assert.Equal(
            snapshot.Duration.TotalNs, snapshot.Layers.Where(row => row.Layer != Layer.NetEgress).Sum(row => row.Summary.TotalNs));
    }

    [Fact]
    public void A_layer_that_does_not_occur_is_not_unavailable()
    {
        LayerRow accept = Busy().Layers[(int)Layer.AcceptWait];
        Assert.Equal((0L, 0L), (accept.Summary.Count, accept.Unavailable));
    }

    [Fact]
    public void Groups_hold_every_request_once()
    {
        Snapshot snapshot = Busy();
        Assert.Equal("nginx:80", Assert.Single(snapshot.Services).Key);
        GroupRow route = Assert.Single(snapshot.Routes);
        Assert.Equal("GET /items/{id}", route.Key);
        Assert.Equal(snapshot.Duration, route.Summary);
        Assert.InRange(route.Errors, 400, 600);
        Assert.Equal(route.Summary.TotalNs, route.LayerTotalsNs.Sum());
    }

    [Fact]
    public void Services_are_sorted_by_rate_and_routes_by_their_slowest()
    {
        Timeline timeline = new();
        _ = timeline.Drain(0);
        Snapshot snapshot = timeline.Request(10, 1, "/fast").Request(20, 1, "/fast").Request(30, 90, "/slow", comm: "api").Drain(500)!;
        Assert.Equal(["nginx:80", "api:80"], snapshot.Services.Select(row => row.Key));
        Assert.Equal(["GET /slow", "GET /fast"], snapshot.Routes.Select(row => row.Key));
    }
}
