using Latmon.Testing;

namespace Latmon.Capture.Tests;

/// <summary>The ring with a kernel behind it. Heads almost as long as a turn keeps, so that it goes round every 7,000 requests.</summary>
public sealed class RingBufferTests
{
    private static readonly string Get = "GET /a HTTP/1.1\r\nX: " + new string('x', 440) + "\r\n\r\n";
    private static readonly string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: " + new string('x', 440) + "\r\n\r\n";

    [Fact]
    public void Every_request_is_seen_while_the_ring_goes_round_several_times()
    {
        const int Requests = 20_011;
        using OwnCapture capture = new();
        SortedSet<uint> numbers = [];
        for (int i = 0; i < Requests; i++)
        {
            capture.Conversation.Say(Get, Ok);
            if (i % 1000 == 0)
            {
                capture.DrainInto(numbers);
            }
        }

        capture.Conversation.Close();
        Assert.True(Eventually.Is(() =>
        {
            capture.DrainInto(numbers);
            return numbers.Count == Requests;
        }));
        Assert.Equal((1u, (uint)Requests, 0L), (numbers.Min, numbers.Max, capture.Lost));
    }

    [Fact]
    public void What_does_not_fit_is_counted_so_that_seen_and_lost_are_all()
    {
        const int Requests = 9_001;
        using OwnCapture capture = new();
        for (int i = 0; i < Requests; i++)
        {
            capture.Conversation.Say(Get, Ok);
        }

        Assert.InRange(capture.Lost, 1000, Requests);
        SortedSet<uint> numbers = [];
        capture.DrainInto(numbers);
        capture.Conversation.Close();
        Assert.True(
            Eventually.Is(() =>
            {
                capture.DrainInto(numbers);
                return numbers.Count + capture.Lost == Requests;
            }),
            $"{numbers.Count} seen, {capture.Lost} lost");
    }

    [Fact]
    public void What_was_taken_stays_until_it_is_released()
    {
        using OwnCapture capture = new();
        Assert.True(capture.Ring.Take().IsEmpty);
        capture.Conversation.Say(Get, Ok);
        capture.Conversation.Say(Get, Ok);
        int length = capture.Ring.Take().Length;
        Assert.Equal(length, capture.Ring.Take().Length);
        Assert.NotEqual(0, length);
        capture.Ring.Release(length);
        Assert.True(capture.Ring.Take().Length < length);
    }

    [Fact]
    public void A_run_ends_with_the_record_that_fills_it_or_where_it_was_told_to()
    {
        using OwnCapture capture = new();
        for (int i = 0; i < 5; i++)
        {
            capture.Conversation.Say(Get, Ok);
        }

        int all = capture.Ring.Take().Length;
        long filled = capture.Ring.Filled;
        int one = capture.Ring.Take(filled, 1).Length;
        int two = capture.Ring.Take(filled, one + 1).Length;
        Assert.InRange(one, 1, all / 3);
        Assert.Equal(one, capture.Ring.Take(filled, one).Length);
        Assert.InRange(two, one + 1, all - 1);
        Assert.Equal(one, capture.Ring.Take(capture.Ring.Released + one, all).Length);
        Assert.True(capture.Ring.Take(capture.Ring.Released, all).IsEmpty);
    }

    [Fact]
    public void After_dispose_nothing_can_be_taken()
    {
        using OwnCapture capture = new();
        capture.Ring.Dispose();
        _ = Assert.Throws<ObjectDisposedException>(() => capture.Ring.Take().Length);
    }
}
