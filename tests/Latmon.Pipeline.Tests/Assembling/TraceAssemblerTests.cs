using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Protocols;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>The rules of putting traces together, one by one. Times are microseconds.</summary>
public sealed class TraceAssemblerTests
{
    private const int App = 100;
    private const int Database = 200;
    private const int Proxy = 300;

    private readonly TraceWorld _world = new() { Check = TraceRules.Check };

    [Theory]
    [InlineData(0, false)]
    [InlineData(40_000, false)]
    [InlineData(150_000, false)]
    [InlineData(-90_000, false)]
    [InlineData(40_000, true)]
    public void The_other_end_of_a_connection_is_a_child_whichever_comes_first(int serverLaterUs, bool translated)
    {
        Happening call = _world.Call(App, App, 100_000, 105_000, cause: 0);
        Happening query = _world.Request(Database, Database, 100_500, 104_000);
        TraceWorld.Link(call, query, translated);
        call.RecordNs = TraceWorld.At(105_100 + Math.Max(0, -serverLaterUs));
        query.RecordNs = TraceWorld.At(105_100 + Math.Max(0, serverLaterUs));
        Placed placed = _world.Play().Places[query.Id];
        Assert.Equal((call.Id, ParentMethod.Connection, Confidence.Certain), (placed.Parent, placed.Method, placed.Confidence));
        Assert.Equal(ParentMethod.None, _world.Places[call.Id].Method);
        Assert.Equal(1, _world.Counters.Joined);
    }

    [Fact]
    public void Another_connection_with_the_same_numbers_is_not_the_other_end()
    {
        Happening call = _world.Call(App, App, 100_000, 105_000, cause: 0);
        Happening query = _world.Request(Database, Database, 300_500, 304_000);
        TraceWorld.Link(call, query);
        query.Value.RemotePort++;
        Assert.Equal(0u, _world.Play().Places[query.Id].Parent);
    }

    [Fact]
    public void A_chain_of_three_processes_is_one_trace()
    {
        Happening entry = _world.Request(Proxy, Proxy, 1000, 30_000);
        Happening toApp = _world.Call(Proxy, Proxy, 1100, 29_000, entry.Id);
        Happening served = _world.Request(App, App + 1, 1300, 28_000);
        Happening toDatabase = _world.Call(App, App + 1, 2000, 20_000, served.Id);
        Happening query = _world.Request(Database, Database, 2200, 19_000);
        TraceWorld.Link(toApp, served);
        TraceWorld.Link(toDatabase, query);
        _ = _world.Play(flush: false).Drain(1_000_000);
        Assert.Equal(
            [(entry.Id, 0u), (toApp.Id, entry.Id), (served.Id, toApp.Id), (toDatabase.Id, served.Id), (query.Id, toDatabase.Id)],
            _world.Places.Values.Select(place => (place.Id, place.Parent)));
        Assert.Equal(0, _world.Counters.Held);
    }

    [Fact]
    public void A_request_of_a_process_that_never_calls_passes_at_once()
    {
        Happening request = _world.Request(App, App, 100_000, 101_000);
        ExchangeBatch batch = new();
        batch.Begin(TraceWorld.At(102_000), 0);
        batch.Add(request.Value, default);
        Assert.Same(batch, _world.Assembler.Assemble(batch));

        Happening call = _world.Call(Database, Database, 100_000, 101_000, cause: 0);
        batch.Add(call.Value, default);
        ExchangeBatch passed = _world.Assembler.Assemble(batch);
        Assert.Equal(request.Id, Assert.Single(passed.Items.ToArray()).Turn);
    }

    [Fact]
    public void A_local_client_is_not_waited_for_when_it_never_comes()
    {
        for (int i = 0; i < 100; i++)
        {
            Happening request = _world.Request(App, App, i * 300_000, (i * 300_000) + 500);
            TraceWorld.Link(new Happening(7) { Cause = 0 }, request);
        }

        _ = _world.Play();
        Assert.Equal(PeerTable.MostMissed, _world.Places.Values.Count(place => IsDelayed(place, 100_000_000)));
    }

    [Fact]
    public void Attribution_ends_when_the_answer_is_written()
    {
        Happening request = _world.Request(App, App + 1, 1000, 5000);
        Happening before = _world.Call(App, App + 1, 2000, 4000, request.Id);
        Happening after = _world.Call(App, App + 1, 6000, 8000, cause: 0);
        Happening across = _world.Call(App, App + 1, 4500, 5500, cause: 0);
        _ = _world.Play();
        Assert.Equal(request.Id, _world.Places[before.Id].Parent);
        Assert.Equal((0u, 0u), (_world.Places[after.Id].Parent, _world.Places[across.Id].Parent));
    }

    [Fact]
    public void A_call_that_comes_after_its_request_was_reported_is_a_root_and_says_so()
    {
        Warm();
        Happening request = _world.Request(App, App + 1, 1_000_000, 1_005_000);
        Happening call = _world.Call(App, App + 1, 1_002_000, 1_004_000, request.Id);
        call.RecordNs = TraceWorld.At(1_900_000);
        Placed placed = _world.Play().Places[call.Id];
        Assert.Equal((0u, ParentMethod.None), (placed.Parent, placed.Method));
        Assert.True(placed.Notes.HasFlag(ExchangeNotes.ParentGone));
    }

    [Fact]
    public void A_long_request_keeps_its_first_call()
    {
        Warm();
        Happening request = _world.Request(App, App + 1, 1_000_000, 9_000_000);
        Happening call = _world.Call(App, App + 1, 1_000_100, 1_001_000, request.Id);
        Assert.Equal(request.Id, _world.Play().Places[call.Id].Parent);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public void A_request_does_not_take_the_call_of_one_that_takes_longer_and_is_not_answered_yet(int before)
    {
        for (int i = 0; i < before; i++)
        {
            _ = _world.Request(App, App + 3 + (i % 2), 1000 + (i * 1000), 1900 + (i * 1000));
        }

        _ = _world.Request(App, App + 1, 1_000_000, 1_300_000);
        Happening longer = _world.Request(App, App + 2, 1_080_000, 5_000_000);
        Happening call = _world.Call(App, App + 2, 1_090_000, 1_100_000, longer.Id);
        call.Value.CallerServes = true;
        Placed placed = _world.Play().Places[call.Id];
        Assert.Equal((longer.Id, ParentMethod.Thread, Confidence.Likely), (placed.Parent, placed.Method, placed.Confidence));
    }

    [Fact]
    public void A_call_of_another_thread_belongs_to_the_only_request_where_one_thread_serves()
    {
        Warm();
        for (int i = 1; i <= 30; i++)
        {
            _ = _world.Request(App, App + 9, 10_000 * i, (10_000 * i) + 5000);
        }

        Happening request = _world.Request(App, App + 9, 1_000_000, 1_300_000);
        Happening call = _world.Call(App, App + 2, 1_090_000, 1_100_000, request.Id);
        Placed placed = _world.Play().Places[call.Id];
        Assert.Equal((request.Id, ParentMethod.Thread, Confidence.Weak), (placed.Parent, placed.Method, placed.Confidence));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_first_request_that_is_seen_of_a_process_keeps_its_calls_where_the_kernel_knew_that_it_serves(bool knew)
    {
        Happening request = _world.Request(App, App + 1, 1_000_000, 9_000_000);
        Happening call = _world.Call(App, App + 1, 1_000_100, 1_001_000, request.Id);
        call.Value.CallerServes = knew;
        Assert.Equal(knew ? request.Id : 0u, _world.Play().Places[call.Id].Parent);
    }

    [Fact]
    public void Ids_in_both_heads_decide_whatever_the_threads_say()
    {
        Happening first = _world.Request(App, App + 1, 1000, 20_000);
        Happening second = _world.Request(App, App + 2, 1500, 21_000);
        Happening call = _world.Call(App, App + 1, 3000, 8000, second.Id);
        first.Value.RequestId = 11;
        second.Value.RequestId = call.Value.RequestId = 12;
        Placed placed = _world.Play().Places[call.Id];
        Assert.Equal((second.Id, ParentMethod.Header, Confidence.Certain), (placed.Parent, placed.Method, placed.Confidence));
    }

    [Fact]
    public void Two_requests_with_the_same_id_are_never_certain()
    {
        Happening first = _world.Request(App, App + 1, 1000, 20_000);
        Happening second = _world.Request(App, App + 2, 1500, 21_000);
        Happening call = _world.Call(App, App + 2, 3000, 8000, second.Id);
        first.Value.TraceContext = second.Value.TraceContext = call.Value.TraceContext = new TraceContext(1, 2);
        Placed placed = _world.Play().Places[call.Id];
        Assert.Equal((second.Id, ParentMethod.Thread, Confidence.Likely), (placed.Parent, placed.Method, placed.Confidence));
    }

    [Fact]
    public void Another_id_in_the_call_contradicts_the_thread()
    {
        Happening request = _world.Request(App, App + 1, 1000, 20_000);
        Happening call = _world.Call(App, App + 1, 3000, 8000, cause: 0);
        request.Value.TraceContext = new TraceContext(1, 2);
        call.Value.TraceContext = new TraceContext(3, 4);
        Assert.Equal(0u, _world.Play().Places[call.Id].Parent);
    }

    [Fact]
    public void Parallel_calls_are_not_subtracted_twice()
    {
        Happening request = _world.Request(App, App, 1000, 11_000);
        for (int i = 0; i < 3; i++)
        {
            _ = _world.Call(App, App, 1100 + i, 6000 + i, request.Id);
        }

        Warm();
        _ = _world.Play(); // TraceRules compares own time with the union
        Assert.Equal(0, _world.Counters.Held);
    }

    [Fact]
    public void Spans_go_to_the_innermost_request_of_their_thread()
    {
        Happening outer = _world.Request(App, App, 1000, 30_000);
        Happening inner = _world.Request(App, App, 5000, 12_000);
        _world.Span(App, App, 2000, 3000);
        _world.Span(App, App, 6000, 9000);
        _world.Span(App, App + 1, 6000, 9000);
        _ = _world.Play(flush: false).Drain(20_000_000);
        Assert.Equal([inner.Id, outer.Id], _world.Spans.Select(span => span.Owner).Order().Reverse());
        Assert.Equal(6000, _world.Spans.Single(span => span.Owner == inner.Id).Span.StartNs / 1000 % 1_000_000);
        Assert.Equal(1, _world.Counters.LostSpans);
    }

    /// <summary>The short one is over, and claimed its spans, long before anything is known of the other on its thread.</summary>
    [Fact]
    public void Spans_of_a_request_that_still_goes_on_wait_for_it()
    {
        Happening quick = _world.Request(App, App, 1000, 30_000);
        Happening slow = _world.Request(App, App, 5000, 900_000);
        _world.Span(App, App, 1100, 1200, requestKey: 7);
        _world.Span(App, App, 5100, 5200, requestKey: 9);
        _world.Span(App, App, 29_000, 29_500, requestKey: 7);
        _world.Span(App, App, 29_600, 29_700, requestKey: 9);
        _ = _world.Play(flush: false).Drain(20_000_000);
        Assert.Equal(
            [(quick.Id, 7UL), (quick.Id, 7UL), (slow.Id, 9UL), (slow.Id, 9UL)],
            _world.Spans.Select(span => (span.Owner, span.Span.RequestKey)).OrderBy(span => span.RequestKey));
        Assert.Equal(0, _world.Counters.LostSpans);
    }

    [Fact]
    public void What_is_held_is_bounded_and_nothing_is_lost()
    {
        const int Calls = HeldExchanges.Capacity * 3;
        Warm();
        for (int i = 0; i < Calls; i++)
        {
            _ = _world.Call(App, App + 50 + (i % 20_000), 300_000 + i, 300_000 + i + 100, cause: 0);
        }

        _ = _world.Play();
        Assert.InRange(_world.MostHeld, 1, HeldExchanges.Capacity);
        Assert.Equal(_world.Happenings.Count, _world.Places.Count);
        Assert.True(_world.Counters.Early > 0);
    }

    [Fact]
    public void A_process_that_calls_itself_without_end_makes_no_endless_trace()
    {
        const int Levels = 500;
        Happening? call = null;
        for (int i = 0; i < Levels; i++)
        {
            Happening request = _world.Request(App, App + i, 1000 + (i * 100), 200_000 - (i * 100));
            if (call is not null)
            {
                TraceWorld.Link(call, request);
            }

            call = _world.Call(App, App + i, 1050 + (i * 100), 199_950 - (i * 100), request.Id);
        }

        _ = _world.Play();
        Assert.Equal(Levels * 2, _world.Places.Count);
        Assert.InRange(_world.Places.Values.Max(place => place.Depth), 10, HeldExchange.MostDepth);
    }

    private static bool IsDelayed(in Placed place, long ns) =>
        (place.HandedOverNs - TurnBuilder.BaseNs) % 300_000_000 >= ns;

    /// <summary>The application is known to serve and to call.</summary>
    private void Warm()
    {
        Happening request = _world.Request(App, App + 9, 100, 900);
        _ = _world.Call(App, App + 9, 200, 800, request.Id);
    }
}
