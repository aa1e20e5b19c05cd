using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;
using Latmon.Tui.Tables;
using Latmon.Tui.Tests.Fixtures;
using static Latmon.Tui.Tests.Fixtures.RequestBuilder;

namespace Latmon.Tui.Tests;

/// <summary>Where the time of one request went, in the words of the lists.</summary>
public sealed class TimePartTests
{
    [Fact]
    public void A_lock_that_is_most_of_a_statement_is_the_cause_and_not_the_frame_around_it()
    {
        Dominant most = Dominant.Of(Checkout(lockNs: 280 * Ms));

        Assert.Equal("93% lock wait: UPDATE stock", most.ToString());
        Assert.Equal(Ink.Lock, most.Ink);
    }

    [Fact]
    public void A_lock_that_is_little_of_a_statement_is_not_named()
    {
        Dominant most = Dominant.Of(Checkout(lockNs: 80 * Ms));

        Assert.Equal("93% UPDATE stock", most.ToString());
        Assert.Equal(Ink.Database, most.Ink);
    }

    [Fact]
    public void Own_times_of_spans_sum_to_what_they_cover()
    {
        Span[] spans =
        [
            new("query", "usdt", 0, 100, null), new("execute", "usdt", 10, 90, null), new("lock wait", "usdt", 20, 60, null),
            new("next", "usdt", 100, 30, null),
        ];

        Assert.Equal(
            [("query", 10L), ("execute", 30L), ("lock wait", 60L), ("next", 30L)],
            OwnSpanTimes.Of([.. spans]).Select(own => (own.Span.Name, own.OwnNs)));
    }

    [Fact]
    public void A_client_that_does_not_read_is_told_apart_from_the_kernels_sending()
    {
        Trace download = new RequestBuilder("a", "/large")
            .Layer(Pipeline.Layer.App, Ms)
            .Layer(Pipeline.Layer.ResponseWrite, 100 * Ms)
            .Layer(Pipeline.Layer.TcpTx, 899 * Ms)
            .Tcp(0, 41, 950 * Ms)
            .Build();
        List<TimePart> parts = TimeParts.Of(download);

        Assert.Equal(download.DurationNs, parts.Sum(part => part.Ns));
        Assert.Equal(950 * Ms, parts.Where(part => part.Name == "client not reading").Sum(part => part.Ns));
        Assert.Equal("95% client not reading", Dominant.Of(download).ToString());
    }

    [Fact]
    public void Of_alike_calls_the_longest_is_told()
    {
        RequestBuilder page = new RequestBuilder("a", "/basket").Layer(Pipeline.Layer.App, 100 * Ms, selfNs: 3 * Ms);
        for (int call = 0; call < 59; call++)
        {
            page.Query("SELECT article", call * Ms, Ms);
        }

        Trace trace = page.Query("SELECT article", 60 * Ms, 38 * Ms).Build();
        Assert.Equal("97% 60x SELECT article (longest 38.0ms)", Dominant.Told(trace, 1).Single().Text);
    }

    [Fact]
    public void What_several_requests_spent_is_told_together()
    {
        Trace[] stopped =
        [
            new RequestBuilder("a", "/a").Layer(Pipeline.Layer.SockWait, 300 * Ms).Layer(Pipeline.Layer.App, 0).Build(),
            new RequestBuilder("b", "/a").Layer(Pipeline.Layer.App, 100 * Ms).Cpu(0, 0, 100 * Ms).Build(),
        ];

        Assert.Equal(["75% Socket wait", "25% App: blocked"], Dominant.Told(stopped, 3).Select(part => part.Text));
    }

    /// <summary>300 ms in the whole, 280 of them in one statement.</summary>
    private static Trace Checkout(long lockNs)
    {
        Trace request = new RequestBuilder("a", "/checkout")
            .Layer(Pipeline.Layer.SockWait, 10 * Ms)
            .Layer(Pipeline.Layer.App, 290 * Ms, selfNs: 10 * Ms)
            .Query("UPDATE stock", 15 * Ms, 280 * Ms)
            .Build();
        Trace backend = new RequestBuilder("c", "")
            .Layer(Pipeline.Layer.App, 280 * Ms)
            .Span("query", 0, 280 * Ms, "")
            .Span("execute", 0, 280 * Ms, "")
            .Span("lock wait", 0, lockNs, "")
            .Build();
        return request with { Children = [request.Children[0] with { Children = [backend] }] };
    }
}
