using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Connections;

/// <summary>Several requests before the first answer: each is an exchange of its own, paired in the order of the bytes.</summary>
public sealed class PipeliningTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private readonly NginxServer _nginx = shared.Server;

    [Theory]
    [InlineData(2, 1)]
    [InlineData(7, 40)]
    [InlineData(23, 1)]
    [InlineData(23, 200)]
    public void A_burst_of_requests_in_one_write_is_that_many_requests(int requests, int fillBytes)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        byte[][] burst = [.. Enumerable.Range(0, requests).Select(i => HttpText.Get(Path(i, fillBytes)))];
        connection.Send(burst.SelectMany(request => request).ToArray());
        long[] answered = [.. burst.Select(_ => connection.ReadReply().Bytes)];

        TraceRun run = latmon.Finish(requests);
        Assert.Equal(Enumerable.Range(0, requests).Select(i => $"GET {Path(i, fillBytes)} {Status(i)}"), run.Summaries);
        Assert.Equal(burst.Select(request => (long)request.Length), run.Traces.Select(trace => trace.RequestBytes));
        Assert.Equal(answered, run.Traces.Select(trace => trace.ResponseBytes));
    }

    [Fact]
    public void Bursts_and_single_requests_alternate_on_one_connection()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        List<string> expected = [];
        for (int round = 0; round < 5; round++)
        {
            string path = $"/ok/single/{round}";
            connection.Ask(HttpText.Get(path));
            expected.Add($"GET {path} 200");
            connection.Send(Enumerable.Range(0, 11).SelectMany(i => HttpText.Get($"{Path(i, 1)}/{round}")).ToArray());
            for (int i = 0; i < 11; i++)
            {
                Assert.Equal(Status(i), connection.ReadReply().Status);
                expected.Add($"GET {Path(i, 1)}/{round} {Status(i)}");
            }
        }

        Assert.Equal(expected, latmon.Finish(expected.Count).Summaries);
    }

    [Fact]
    public void Requests_that_are_always_ahead_of_their_answers_are_counted_each()
    {
        const int Requests = 2003;
        const int Ahead = 8;
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        for (int i = 0; i < Requests + Ahead; i++)
        {
            if (i < Requests)
            {
                connection.Send(HttpText.Get(Path(i, 1)));
            }

            if (i >= Ahead)
            {
                Assert.Equal(Status(i - Ahead), connection.ReadReply().Status);
            }
        }

        Assert.Equal(Enumerable.Range(0, Requests).Select(i => $"GET {Path(i, 1)} {Status(i)}"), latmon.Finish(Requests).Summaries);
    }

    [Fact]
    public void Uploads_can_be_pipelined_too()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        int[] sizes = [0, 10, 700, 3000, 1];
        connection.Send(sizes.SelectMany(size => HttpText.Post($"/upload?{size}", size)).ToArray());
        Array.ForEach(sizes, _ => connection.ReadReply());

        TraceRun run = latmon.Finish(sizes.Length);
        Assert.All(run.Summaries, summary => Assert.Equal("POST /upload 200", summary));
        Assert.Equal(
            sizes.Select(size => (long)HttpText.Post($"/upload?{size}", size).Length), run.Traces.Select(trace => trace.RequestBytes));
    }

    /// <summary>Every third one is missing, so that an answer paired with its neighbour's request is seen at once.</summary>
    private static string Path(int i, int fillBytes) => $"/{(Status(i) == 200 ? "ok" : "missing")}/{i}{new string('f', fillBytes)}";

    private static int Status(int i) => i % 3 == 2 ? 404 : 200;
}
