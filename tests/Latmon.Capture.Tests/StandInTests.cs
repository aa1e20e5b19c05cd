using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Capture.Tests;

/// <summary>Where the kernel leaves programs out, those behind them do what they would have done, and nothing twice.</summary>
public sealed class StandInTests
{
    private const string Get = "GET /a HTTP/1.1\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Requests_are_the_same_however_many_programs_are_left_out(int programs)
    {
        const uint Requests = 100;
        using OwnCapture capture = OwnCapture.LeavingOut(programs);
        for (int i = 0; i < Requests; i++)
        {
            capture.Conversation.Say(Get, Ok);
        }

        capture.Conversation.Close();
        Dictionary<uint, TurnRecord> turns = [];
        Assert.True(Eventually.Is(() =>
        {
            capture.Drain((in turn) => turns[turn.Number] = turn);
            return turns.Count == Requests;
        }));
        Assert.Equal(Enumerable.Range(1, (int)Requests), turns.Keys.Order().Select(number => (int)number));
        Assert.All(turns.Values, turn =>
        {
            Assert.Equal((Get.Length, Ok.Length), (turn.InBytes, turn.OutBytes));
            Assert.Equal((1u, 0u), (turn.Segments, turn.Duplicates));
            Assert.True(turn.TcpNs > 0 && turn.ReadyNs >= turn.TcpNs && turn.ReadNs >= turn.ReadyNs && turn.WriteNs >= turn.ReadNs);
            Assert.Equal(turn.ReadNs, turn.ReadLastNs);
        });
        Assert.Equal(0, capture.Lost);
    }

    /// <summary>One request is lost, and said to be; the next one is itself and not two in one.</summary>
    [Fact]
    public void An_answer_that_all_programs_were_left_out_for_takes_no_other_request_with_it()
    {
        using OwnCapture capture = OwnCapture.Without(BoundaryId.Write);
        capture.Conversation.Say(Get, Ok);
        capture.Attach(BoundaryId.Write);
        capture.Conversation.Say(Get, Ok);
        capture.Conversation.Say(Get, Ok);
        capture.Conversation.Close();
        Dictionary<uint, TurnRecord> turns = [];
        Assert.True(Eventually.Is(() =>
        {
            capture.Drain((in turn) => turns[turn.Number] = turn);
            return turns.Count + capture.Lost == 3;
        }));
        Assert.Equal(1, capture.Lost);
        Assert.All(turns.Values, turn => Assert.Equal((Get.Length, Ok.Length, 1u), (turn.InBytes, turn.OutBytes, turn.Segments)));
    }
}
