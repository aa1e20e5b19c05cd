namespace Latmon.Pipeline.Assembling;

/// <summary>The processes that were seen, at most <see cref="Capacity"/>; those that were silent for a minute are forgotten.</summary>
internal sealed class ProcessTable
{
    public const int Capacity = 8192;

    private readonly Dictionary<int, ProcessCalls> _processes = [];
    private readonly Stack<ProcessCalls> _pool = new();
    private readonly List<ProcessCalls> _silent = [];
    private ProcessCalls? _last;

    public int Count => _processes.Count;

    public ProcessCalls GetOrAdd(int pid, long nowNs)
    {
        if (_last is not null && _last.Pid == pid)
        {
            return _last;
        }

        if (!_processes.TryGetValue(pid, out ProcessCalls? process))
        {
            if (_processes.Count >= Capacity)
            {
                ForgetSilent(nowNs, 0);
            }

            process = _pool.TryPop(out ProcessCalls? pooled) ? pooled : new ProcessCalls();
            process.Reset(pid);
            _processes.Add(pid, process);
        }

        return _last = process;
    }

    /// <summary>True when no process calls or has spans, so that nothing can belong to a request.</summary>
    public bool IsQuiet(long nowNs)
    {
        foreach (ProcessCalls process in _processes.Values)
        {
            if (process.HasInside(nowNs))
            {
                return false;
            }
        }

        return true;
    }

    public void ForgetSilent(long nowNs, long silentNs = ProcessCalls.RecentNs)
    {
        _last = null;
        _silent.Clear();
        foreach (ProcessCalls process in _processes.Values)
        {
            long lastNs = Math.Max(process.LastRequestNs, Math.Max(process.LastCallNs, process.LastSpanNs));
            if (process.OpenCalls == 0 && process.Requests.Count == 0 && nowNs - lastNs >= silentNs)
            {
                _silent.Add(process);
            }
        }

        foreach (ProcessCalls process in _silent)
        {
            _ = _processes.Remove(process.Pid);
            _pool.Push(process);
        }
    }
}
