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
        Load(nginx.Port, "/files/small.txt");
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

    private static void Load(int port, string path) => ChildProcess.Run(
        Wrk, "-t1", "-c16", "-d5s", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{path}"));
}
