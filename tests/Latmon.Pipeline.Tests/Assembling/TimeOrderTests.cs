using Latmon.Pipeline.Assembling;

namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>The order in which calls, spans and what falls due wait is the one of a list that is sorted anew each time.</summary>
public sealed class TimeOrderTests
{
    private readonly TimeOrder<string> _order = new();

    [Fact]
    public void Nothing_is_found_where_nothing_is()
    {
        Assert.Equal(_order.End, _order.From(0));
        Assert.Equal(0, _order.Count);
    }

    [Fact]
    public void Items_of_one_time_stay_in_the_order_in_which_they_came()
    {
        foreach ((long ns, string item) in ((long, string)[])[(20, "c"), (10, "a"), (20, "d"), (10, "b")])
        {
            _order.Add(ns, item);
        }

        Assert.Equal("abcd", Text(0, long.MaxValue));
        Assert.Equal("ab", Text(10, 10));
        _order.Remove(10, "b");
        Assert.Equal("acd", Text(0, long.MaxValue));
    }

    [Fact]
    public void One_that_has_gone_leaves_the_others_where_they_were()
    {
        _order.Add(1, "a");
        _order.Add(2, "b");
        _order.Add(3, "c");
        _order.RemoveAt(_order.From(2));
        Assert.Null(_order[_order.From(2)]);
        Assert.Equal("c", _order[_order.From(3)]);
        _order.RemoveAt(_order.First);
        Assert.Equal("c", _order[_order.First]);
        _order.RemoveAt(_order.First);
        Assert.Equal((0, 0, 0), (_order.First, _order.End, _order.Count));
    }

    [Fact]
    public void It_holds_what_a_sorted_list_holds()
    {
        Random random = Seeds.Random(20251128);
        List<(long Ns, string Item)> expected = [];
        for (int step = 0; step < 200_000; step++)
        {
            if (expected.Count > 0 && random.Next(100) < 49)
            {
                int gone = random.Next(Math.Min(expected.Count, 64));
                _order.Remove(expected[gone].Ns, expected[gone].Item);
                expected.RemoveAt(gone);
            }
            else
            {
                long ns = step + random.Next(-40, 1);
                string item = $"{step}";
                _order.Add(ns, item);
                expected.Insert(expected.FindLastIndex(other => other.Ns <= ns) + 1, (ns, item));
            }

            if (step % 1000 == 0)
            {
                Assert.Equal(expected, Items());
            }
        }

        Assert.InRange(expected.Count, 1000, 10_000);
    }

    private List<(long Ns, string Item)> Items() =>
    [
        .. from i in Enumerable.Range(_order.First, _order.End - _order.First)
           where _order[i] is not null
           select (_order.TimeNs(i), _order[i]),
    ];

    private string Text(long fromNs, long toNs) => string.Concat(Items().Where(entry => entry.Ns >= fromNs && entry.Ns <= toNs).Select(entry => entry.Item));
}
