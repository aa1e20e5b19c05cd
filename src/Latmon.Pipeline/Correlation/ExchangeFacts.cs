using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>What a turn says of an exchange besides its moments: who, where, how much.</summary>
internal static class ExchangeFacts
{
    /// <summary>
    /// The task clock loses interrupt and steal time against the monotonic one: the split was right within 0.1 ms on the
    /// kernels tried. Beyond this it is not rounding but nonsense, and is not shown.
    /// </summary>
    private const long CpuSlackNs = 100_000;

    public static void Take(in TurnRecord turn, ref Exchange exchange)
    {
        TakeConnection(turn, ref exchange);
        exchange.RequestBytes = turn.RequestBytes;
        exchange.ResponseBytes = turn.ResponseBytes;
        exchange.Retransmits = turn.Retransmits;
        exchange.SrttUs = turn.SrttUs;
        exchange.ZeroWindowNs = Math.Max(0, turn.ZeroWindowNs);
        exchange.Resent = new SeenRange(turn.ResentNs, turn.ResentLastNs);
        exchange.Shut = new SeenRange(turn.ShutNs, turn.ShutLastNs);
        exchange.Tid = turn.ReadTid;
        exchange.WriteTid = turn.WriteTid;
        exchange.RequestSeq = turn.IsClient ? turn.OutSeq : turn.InSeq;
        exchange.ResponseSeq = turn.IsClient ? turn.InSeq : turn.OutSeq;
        long waitedNs = turn.WriteNs - turn.ReadLastNs;
        if ((turn.Flags & TurnNotes.Cpu) == 0 || turn.IsClient || turn.ReadLastNs == 0 || waitedNs < 0)
        {
            exchange.OnCpuNs = exchange.RunnableNs = exchange.BlockedNs = Exchange.NotSeen;
            return;
        }

        if (turn.OnCpuNs < -CpuSlackNs || turn.OnCpuNs > waitedNs + CpuSlackNs)
        {
            exchange.OnCpuNs = exchange.RunnableNs = exchange.BlockedNs = Exchange.NotSeen;
            return;
        }

        exchange.OnCpuNs = Math.Clamp(turn.OnCpuNs, 0, waitedNs);
        exchange.RunnableNs = Math.Clamp(turn.RunnableNs, 0, waitedNs - exchange.OnCpuNs);
        exchange.BlockedNs = waitedNs - exchange.OnCpuNs - exchange.RunnableNs;
    }

    public static void TakeConnection(in TurnRecord turn, ref Exchange exchange)
    {
        exchange.Conn = turn.Conn;
        exchange.Turn = turn.Number;
        exchange.Role = turn.IsClient ? Role.Client : Role.Server;
        exchange.ParentMethod = turn.IsClient ? ParentMethod.None : ParentMethod.Root;
        exchange.CallerServes = (turn.Flags & TurnNotes.Serves) != 0;
        exchange.Pid = turn.Pid;
        exchange.Comm = turn.Comm;
        exchange.LocalAddr = turn.LocalAddr;
        exchange.RemoteAddr = turn.RemoteAddr;
        exchange.LocalPort = turn.LocalPort;
        exchange.RemotePort = turn.RemotePort;
        exchange.Family = turn.Family;
        exchange.Netns = turn.Netns;
    }
}
