using System.Globalization;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Volume;

/// <summary>As many requests as the machine gives. What latmon could not keep up with is counted, so that nothing is missing unsaid.</summary>
public sealed class SaturationTests
{
    private const string Wrk = "/usr/bin/wrk";

    [Fact]
    public void At_saturation_seen_and_lost_make_all_that_was_sent()
    {
        using NginxServer nginx = NginxServer.Start();
        using TempDirectory directory = new();
        using LatmonTrace latmon = LatmonTrace.IntoFile(directory["traces.ndjson"], nginx.Port);
        Load(nginx.Port, seconds: 5);
        FinalCount count = latmon.StopWithoutLines();

        // wrk does not count what was in flight when it ended; nginx counts every request that it read.
        long sent = nginx.CountRequests();
        Assert.True(
            count.Requests + count.Lost == sent,
            $"{count.Requests} seen + {count.Lost} lost = {count.Requests + count.Lost}, sent {sent}");
        TraceInvariants invariants = new(latmon.StartUnixNs, Moment.UnixNow);
        long lines = 0;
        foreach (string line in File.ReadLines(directory["traces.ndjson"]))
        {
            TraceLine trace = TraceLine.Parse(line);
            invariants.Check(trace);
            Assert.True(!trace.Complete || trace.Summary == "GET /files/small.txt 200", trace.Text);
            lines++;
        }

        Assert.Equal(count.Requests, lines);
    }

    /// <summary>The end of a head beyond 512 bytes crosses by itself, and may be lost by itself: that is no request more or less.</summary>
    [Fact]
    public void While_latmon_stands_still_requests_with_long_heads_are_lost_and_each_is_counted_once()
    {
        using NginxServer nginx = NginxServer.Start();
        using TempDirectory directory = new();
        using LatmonTrace latmon = LatmonTrace.IntoFile(directory["traces.ndjson"], nginx.Port);
        latmon.Pause();
        Load(nginx.Port, seconds: 3, "-H", "X-Long: " + new string('x', 640));
        latmon.Continue();
        Load(nginx.Port, seconds: 1, "-H", "X-Long: " + new string('x', 640));
        FinalCount count = latmon.StopWithoutLines();
        long sent = nginx.CountRequests();
        Assert.True(
            count.Requests + count.Lost == sent,
            $"{count.Requests} seen + {count.Lost} lost = {count.Requests + count.Lost}, sent {sent}; {count.LostParts} parts lost");
        Assert.True(count.Lost > 100 && count.LostParts > 100, $"{count.Lost} lost, {count.LostParts} parts lost: the ring never was full");
        Assert.All(File.ReadLines(directory["traces.ndjson"]).Select(TraceLine.Parse), trace =>
            Assert.True(!trace.Complete || trace.Summary == "GET /files/small.txt 200", trace.Text));
    }

    private static void Load(int port, int seconds, params string[] options) => ChildProcess.Run(
        Wrk,
        [
            "-t1", "-c16", string.Create(CultureInfo.InvariantCulture, $"-d{seconds}s"), .. options,
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/files/small.txt"),
        ]);
}
