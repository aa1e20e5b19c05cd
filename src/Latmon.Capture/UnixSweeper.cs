using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>
/// Asks the programs for the AF_UNIX connections that are there, because on some kernels nothing says when one ends; the answer
/// comes with the records. Costs nothing until such a connection was seen. One thread.
/// </summary>
internal sealed class UnixSweeper
{
    private const long EveryNs = 250_000_000;

    private readonly BpfIterator? _connections;
    private readonly BpfGlobal<uint> _met;
    private readonly BpfGlobal<uint> _number;
    private readonly BpfGlobal<uint> _last;
    private long _nextNs;

    /// <param name="connections">
    /// Null where the kernel refuses it: connections that end unseen are forgotten when they were silent for long.
    /// </param>
    public UnixSweeper(BpfObject programs, BpfIterator? connections)
    {
        _met = programs.Global<uint>("unix_met");
        _number = programs.Global<uint>("sweep_number");
        _last = programs.Global<uint>("sweep_last");
        _connections = connections;
    }

    public void SweepIfDue(long nowNs)
    {
        if (nowNs >= _nextNs)
        {
            _nextNs = nowNs + EveryNs;
            Sweep();
        }
    }

    /// <summary>Everything that waits is handed over: nobody will ask again.</summary>
    public void SweepLast()
    {
        _last.Value = 1;
        Sweep();
    }

    private void Sweep()
    {
        if (_connections is null || _met.Value == 0)
        {
            return;
        }

        _number.Value++;
        _connections.Run();
    }
}
