using System.Text;
using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Tests.Protocols;

public sealed class PreparedStatementsTests
{
    private readonly StatementBudget _budget = new();

    [Fact]
    public void The_longest_unused_one_goes_when_there_are_too_many()
    {
        PreparedStatements prepared = new(_budget);
        for (int i = 0; i < PreparedStatements.Capacity; i++)
        {
            Set(prepared, i);
        }

        Assert.Equal("text 0", Get(prepared, 0));
        Set(prepared, 1000);
        Assert.Equal(PreparedStatements.Capacity, prepared.Count);
        Assert.Equal(("text 0", null, "text 2", "text 1000"), (Get(prepared, 0), Get(prepared, 1), Get(prepared, 2), Get(prepared, 1000)));
    }

    [Fact]
    public void Removing_one_leaves_the_others()
    {
        PreparedStatements prepared = new(_budget);
        for (int i = 0; i < 10; i++)
        {
            Set(prepared, i);
        }

        prepared.Remove("name 3"u8);
        prepared.Remove("name 3"u8);
        Assert.Equal([0, 1, 2, 4, 5, 6, 7, 8, 9], Enumerable.Range(0, 10).Where(i => Get(prepared, i) == $"text {i}"));
    }

    [Fact]
    public void All_connections_together_have_a_limit_and_give_back_what_they_took()
    {
        List<PreparedStatements> connections = [];
        byte[] text = new byte[256];
        for (int i = 0; i < 1000; i++)
        {
            PreparedStatements prepared = new(_budget);
            connections.Add(prepared);
            for (int name = 0; name < PreparedStatements.Capacity; name++)
            {
                prepared.Set(Encoding.UTF8.GetBytes($"name {name}"), text, cut: false, turn: 1, ordinal: name);
            }
        }

        Assert.InRange(_budget.Taken, StatementBudget.MostBytes - 320, StatementBudget.MostBytes);
        Assert.InRange(connections[^1].Count, 1, 4);
        connections.ForEach(prepared => prepared.Clear());
        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public void A_name_that_is_too_long_is_not_remembered()
    {
        PreparedStatements prepared = new(_budget);
        prepared.Set(new byte[PreparedStatements.LongestName + 1], "text"u8, cut: false, turn: 1, ordinal: 0);
        Assert.Equal(0, prepared.Count);
    }

    private static void Set(PreparedStatements prepared, int i) =>
        prepared.Set(Encoding.UTF8.GetBytes($"name {i}"), Encoding.UTF8.GetBytes($"text {i}"), cut: false, turn: 1, ordinal: i);

    private static string? Get(PreparedStatements prepared, int i) =>
        prepared.TryGet(Encoding.UTF8.GetBytes($"name {i}"), out ReadOnlySpan<byte> text, out _) ? Encoding.UTF8.GetString(text) : null;
}
