using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>What a thread had on its mind at a moment in the past, of which everything has come since.</summary>
internal sealed class UnderWay
{
    private const int Farthest = 4096;

    private readonly List<HeldExchange> _calls = [];

    /// <summary>Written and without a reply.</summary>
    public IReadOnlyList<HeldExchange> Calls => _calls;

    /// <summary>Read and not answered.</summary>
    public int Requests { get; private set; }

    /// <summary>After the event at <paramref name="index"/>.</summary>
    public void LookAt(ThreadLog log, int index)
    {
        long ns = log[index].Ns;
        _calls.Clear();
        Requests = 0;
        for (int i = index; i >= Math.Max(0, index - Farthest); i--)
        {
            ref readonly ThreadEvent item = ref log[i];
            Requests += item.Act == ThreadAct.RequestRead && item.UntilNs > ns ? 1 : 0;
            if (item is { Act: ThreadAct.CallWritten, IsAlive: true } && item.Node.ToNs > ns && !item.Node.IsConnect)
            {
                _calls.Add(item.Node);
            }
        }
    }
}
