using Latmon.Pipeline.Traces;
using Latmon.Tui.State;
using Latmon.Tui.Tail;
using Latmon.Tui.Tests.Fixtures;
using Terminal.Gui.Input;
using static Latmon.Tui.Tests.Fixtures.RequestBuilder;

namespace Latmon.Tui.Tests;

public sealed class TailTests
{
    [Fact]
    public void The_excess_is_told_part_by_part_and_the_parts_sum_to_it()
    {
        TailComparison comparison = TailComparison.Of(Cohorts(), medianNs: 50 * Ms, slowFromNs: 100 * Ms)!;

        Assert.Equal((2, 8), (comparison.Slow.Length, comparison.Usual.Length));
        Assert.Equal(61 * Ms, comparison.ExcessNs);
        Assert.Equal(comparison.ExcessNs, comparison.Parts.Sum(part => part.ExcessNs));
        Assert.Equal("excess 61.0ms = Socket wait 48.0ms + SELECT t 9.00ms + App: running 4.00ms", TailText.Sentence(comparison));
    }

    [Fact]
    public void More_calls_are_told_as_such()
    {
        TailComparison comparison = TailComparison.Of(
            [WithCalls("slow", 30, 100 * Ms), .. Enumerable.Range(0, 4).Select(i => WithCalls($"u{i}", 3, 10 * Ms))], 10 * Ms, 90 * Ms)!;

        Assert.Contains("SELECT t (30 calls, usually 3)", TailText.Sentence(comparison));
    }

    [Fact]
    public void Requests_of_which_it_is_not_known_what_their_thread_did_are_left_out_while_they_are_few()
    {
        Trace[] some = [.. Cohorts(), Unknown("x", 100 * Ms), Unknown("y", 50 * Ms)];
        TailComparison comparison = TailComparison.Of(some, medianNs: 50 * Ms, slowFromNs: 100 * Ms)!;

        Assert.Equal((2, 3, 8, 9), (comparison.Slow.Length, comparison.AllSlow, comparison.Usual.Length, comparison.AllUsual));
        Assert.Equal("excess 61.0ms = Socket wait 48.0ms + SELECT t 9.00ms + App: running 4.00ms", TailText.Sentence(comparison));
    }

    [Fact]
    public void Where_they_are_many_no_request_is_told_with_it()
    {
        Trace[] some = [.. Cohorts(), Unknown("x", 100 * Ms), Unknown("y", 100 * Ms)];
        TailComparison comparison = TailComparison.Of(some, medianNs: 50 * Ms, slowFromNs: 100 * Ms)!;

        Assert.Equal((4, 4), (comparison.Slow.Length, comparison.AllSlow));
        Assert.DoesNotContain(comparison.Parts, part => part.Name.StartsWith("App: ", StringComparison.Ordinal));
        Assert.Equal(comparison.ExcessNs, comparison.Parts.Sum(part => part.ExcessNs));
    }

    [Fact]
    public void Without_a_slow_or_a_usual_request_nothing_is_claimed()
    {
        Assert.Null(TailComparison.Of([], 1, 1));
        Assert.Null(TailComparison.Of([Usual("a", "/a", 10 * Ms).Build()], 10 * Ms, 1));
    }

    [Fact]
    public void A_selected_route_explains_its_tail_at_once()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Traffic.Pausing()).Type("vv");

        Assert.Equal(DetailKind.Tail, screen.State.Detail);
        Assert.Contains("Why is the tail slow: GET /checkout", screen.Text());
        Assert.Contains("excess 380ms = Socket wait 380ms", screen.Text());
    }

    [Fact]
    public void The_cut_can_be_chosen_and_the_slow_ones_listed()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Traffic.Pausing()).Type("vvt").Press(Key.CursorRight);
        Assert.Equal(TailCut.Slowest, screen.State.Tail.Cut);
        screen.Press(Key.CursorLeft, Key.Enter);

        Assert.Equal(12, screen.State.Requests.Count);
        Assert.All(screen.State.Requests.Rows, trace => Assert.Equal("GET /checkout", trace.Name));
        screen.Press(Key.Esc, Key.Esc);
        Assert.Equal(ListKind.Routes, screen.State.Lists.Kind);
    }

    private static Trace[] Cohorts() =>
    [
        .. Enumerable.Range(0, 8).Select(i => One($"u{i}", Ms, 10 * Ms, 40 * Ms)),
        .. Enumerable.Range(0, 2).Select(i => One($"s{i}", 49 * Ms, 14 * Ms, 49 * Ms)),
        One("far", Ms, Ms, Ms),
    ];

    private static Trace One(string id, long waitNs, long runNs, long queryNs) => new RequestBuilder(id, "/a")
        .Layer(Pipeline.Layer.SockWait, waitNs)
        .Layer(Pipeline.Layer.App, runNs + queryNs, selfNs: runNs)
        .Cpu(runNs, 0, queryNs)
        .Query("SELECT t", waitNs, queryNs)
        .Build();

    private static Trace Unknown(string id, long appNs) =>
        new RequestBuilder(id, "/a").Layer(Pipeline.Layer.App, appNs, selfNs: appNs).Build();

    private static Trace WithCalls(string id, int calls, long appNs)
    {
        RequestBuilder request = new RequestBuilder(id, "/a").Layer(Pipeline.Layer.App, appNs, selfNs: appNs - (calls * 3 * Ms));
        for (int call = 0; call < calls; call++)
        {
            request.Query("SELECT t", call * 3 * Ms, 3 * Ms);
        }

        return request.Build();
    }
}
