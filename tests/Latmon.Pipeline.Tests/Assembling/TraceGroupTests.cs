using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>Calls with a trace id that their library made up for each request, so that the request itself has none.</summary>
public sealed class TraceGroupTests
{
    private const int App = 100;

    private readonly TraceWorld _world = new() { Check = TraceRules.Check };

    [Fact]
    public void All_calls_of_a_group_take_the_parent_of_the_one_that_is_known()
    {
        Happening request = _world.Request(App, App + 1, 1000, 20_000);
        _ = _world.Request(App, App + 2, 900, 21_000);
        Happening[] calls = Group(Call(App + 1, 2000, request), Call(App + 7, 2100, request), Call(App + 8, 9000, request));
        _ = _world.Play();
        Assert.All(calls, call => Assert.Equal((request.Id, Confidence.Likely), (_world.Places[call.Id].Parent, _world.Places[call.Id].Confidence)));
        Assert.Equal(
            [ParentMethod.Thread, ParentMethod.Header, ParentMethod.Header], calls.Select(call => _world.Places[call.Id].Method));
    }

    [Fact]
    public void A_group_is_put_together_however_many_others_call_meanwhile()
    {
        Happening request = _world.Request(App, App + 1, 1000, 20_000);
        _ = _world.Request(App, App + 2, 900, 21_000);
        _ = Group(Call(App + 1, 2000, request), Call(App + 7, 2100, request), Call(App + 8, 9000, request));
        for (int i = 0; i < 1000; i++)
        {
            Happening other = _world.Request(App, App + 10 + i, 22_000 + (i * 100), 26_000 + (i * 100));
            _ = Call(App + 10 + i, 22_500 + (i * 100), other);
        }

        _ = _world.Play();
        Assert.All(_world.Happenings, happening => Assert.Equal(happening.Cause, _world.Places[happening.Id].Parent));
    }

    [Fact]
    public void A_trace_id_that_is_in_calls_of_several_requests_says_nothing()
    {
        Happening first = _world.Request(App, App + 1, 1000, 20_000);
        Happening second = _world.Request(App, App + 2, 900, 21_000);
        Happening[] calls = Group(Call(App + 1, 2000, first), Call(App + 2, 2100, second), Call(App + 7, 9000, first));
        _ = _world.Play();
        Assert.Equal([first.Id, second.Id, 0u], calls.Select(call => _world.Places[call.Id].Parent));
    }

    private static Happening[] Group(params Happening[] calls)
    {
        Array.ForEach(calls, call => call.Value.TraceContext = new TraceContext(1, 2));
        return calls;
    }

    private Happening Call(int tid, double us, Happening cause) => _world.Call(App, tid, us, us + 3000, cause.Id);
}
