using Latmon.Pipeline.Tests.Traces;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;

namespace Latmon.Pipeline.Tests.Windows;

public sealed class TraceSnapshotTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Summaries_cover_all_traces()
    {
        Trace[] traces =
        [
            .. Enumerable.Range(0, 9).Select(i => TraceSamples.Request($"a{i}", "GET /a", TraceSamples.StartUnixNs + (i * Second), 1_000_000)),
            TraceSamples.Nested() with { StartUnixNs = TraceSamples.StartUnixNs + (9 * Second) },
        ];
        Snapshot snapshot = TraceSnapshot.Of(traces);

        Assert.Equal((10L, 53_000_000L), (snapshot.Duration.Count, snapshot.Duration.MaxNs));
        Assert.Equal(9.053, snapshot.Span.TotalSeconds, 3);
        Assert.Equal(["GET /checkout", "GET /a"], snapshot.Routes.Select(row => row.Key));
        Assert.Equal(("nginx:80", 10L, 10L), (snapshot.Services[0].Key, snapshot.Services[0].Summary.Count, snapshot.Services[0].Errors));
        Assert.Equal(1, snapshot.Layers[(int)Layer.AcceptWait].Unavailable);
        Assert.Equal(1, snapshot.Layers[(int)Layer.TcpTx].Inferred);
        Assert.Equal(61.0 / 62.0, snapshot.Layers[(int)Layer.App].Share, 6);
        Assert.Equal("r1", snapshot.Slowest[0].Id);
        GroupRow statement = Assert.Single(snapshot.Statements);
        Assert.Equal(("select * from t where id = ?", 1L, 50_000_000L), (statement.Key, statement.Summary.Count, statement.Summary.TotalNs));
        Assert.Equal(10, snapshot.Seconds.Length);
        Assert.Equal(10, snapshot.Seconds.Sum(second => second.Counts.Sum()));
    }

    [Fact]
    public void Without_traces_it_is_empty() => Assert.Same(Snapshot.Empty, TraceSnapshot.Of([]));

    [Theory]
    [InlineData(0L, 0)]
    [InlineData(4_095L, 0)]
    [InlineData(4_096L, 0)]
    [InlineData(5_120L, 1)]
    [InlineData(8_192L, 4)]
    [InlineData(long.MaxValue, DurationBuckets.Count - 1)]
    public void A_duration_has_its_bucket(long ns, int bucket) => Assert.Equal(bucket, DurationBuckets.Of(ns));

    [Fact]
    public void Every_bucket_begins_where_the_one_before_ends()
    {
        for (int bucket = 0; bucket < DurationBuckets.Count; bucket++)
        {
            long fromNs = DurationBuckets.FromNs(bucket);
            Assert.Equal(bucket, DurationBuckets.Of(fromNs));
            Assert.Equal(Math.Max(0, bucket - 1), DurationBuckets.Of(fromNs - 1));
        }
    }
}
