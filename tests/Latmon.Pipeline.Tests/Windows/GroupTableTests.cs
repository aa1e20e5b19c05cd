using System.Globalization;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;

namespace Latmon.Pipeline.Tests.Windows;

public sealed class GroupTableTests
{
    private const int MaxRoutes = 256;

    [Fact]
    public void What_does_not_fit_is_counted_under_other()
    {
        Snapshot snapshot = Crowd(new Timeline(), MaxRoutes + 50, atMs: 0).Drain(900)!;
        Assert.Equal(MaxRoutes + 1, snapshot.Routes.Length);
        Assert.Equal(50, Assert.Single(snapshot.Routes, row => row.Key == "other").Summary.Count);
        Assert.Equal(MaxRoutes + 50, snapshot.Routes.Sum(row => row.Summary.Count));
    }

    [Fact]
    public void Silent_groups_make_room()
    {
        Timeline timeline = Crowd(new Timeline(), MaxRoutes, atMs: 0);
        _ = timeline.Drain(900);
        Snapshot snapshot = timeline.Request(15_000, path: "/new").Drain(15_100)!;
        Assert.Equal("GET /new", Assert.Single(snapshot.Routes).Key);
    }

    [Fact]
    public void Another_filter_forgets_other_too()
    {
        Timeline timeline = Crowd(new Timeline(), MaxRoutes + 50, atMs: 0);
        _ = timeline.Drain(200);
        timeline.Windows.Apply(new TraceFilter { MinDurationNs = 1 });
        Assert.Equal("GET /new", Assert.Single(timeline.Request(300, path: "/new").Drain(900)!.Routes).Key);
    }

    private static Timeline Crowd(Timeline timeline, int routes, int atMs)
    {
        _ = timeline.Drain(atMs);
        for (int i = 0; i < routes; i++)
        {
            _ = timeline.Request(atMs + 100, path: string.Create(CultureInfo.InvariantCulture, $"/route-{i}"));
        }

        return timeline;
    }
}
