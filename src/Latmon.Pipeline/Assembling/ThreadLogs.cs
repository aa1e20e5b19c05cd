using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>
/// The logs of the threads that serve, call or have spans, at most <see cref="Capacity"/>. A thread that nothing held refers to and
/// that was silent for <see cref="SilentNs"/> is forgotten; beyond the cap new threads have no log, and no thread's evidence.
/// </summary>
internal sealed class ThreadLogs
{
    public const int Capacity = 16384;
    public const long SilentNs = 10_000_000_000;

    /// <summary>Of 60 KB each.</summary>
    public const int MostReplays = 256;

    private readonly Dictionary<long, ThreadLog> _logs = [];
    private readonly Stack<ThreadLog> _pool = new();
    private readonly List<ThreadLog> _silent = [];
    private ThreadLog? _last;
    private bool _full;
    private int _replays;

    public int Count => _logs.Count;

    public Dictionary<long, ThreadLog>.ValueCollection All => _logs.Values;

    public ThreadLog? GetOrAdd(int pid, int tid)
    {
        if (tid <= 0)
        {
            return null;
        }

        long key = Key(pid, tid);
        if (_last?.Key == key)
        {
            return _last;
        }

        if (!_logs.TryGetValue(key, out ThreadLog? log))
        {
            if (_logs.Count >= Capacity && !MakeRoom())
            {
                return null;
            }

            log = _pool.TryPop(out ThreadLog? pooled) ? pooled : new ThreadLog();
            log.Reset(key);
            _logs.Add(key, log);
        }

        return _last = log;
    }

    public ThreadLog? Find(int pid, int tid) => _logs.GetValueOrDefault(Key(pid, tid));

    public void EnterCall(HeldExchange call)
    {
        ref readonly Exchange value = ref call.Value;
        if (!call.HasWindow)
        {
            return;
        }

        call.WriteLog = Enter(call, value.WriteTid, new(value.InsideFromNs, 0, call, call.Generation, ThreadAct.CallWritten));
        call.ReadLog = Enter(call, value.Tid, new(value.InsideToNs, 0, call, call.Generation, ThreadAct.ReplyRead));
    }

    public void EnterRequest(HeldExchange request)
    {
        ref readonly Exchange value = ref request.Value;
        if (!request.HasWindow)
        {
            return;
        }

        request.ReadLog = Enter(request, value.Tid, new(value.InsideFromNs, request.ToNs, request, request.Generation, ThreadAct.RequestRead));
        request.WriteLog = Enter(request, value.WriteTid, new(value.InsideToNs, 0, request, request.Generation, ThreadAct.AnswerWritten));
    }

    private ThreadLog? Enter(HeldExchange held, int tid, in ThreadEvent item)
    {
        ThreadLog? log = GetOrAdd(held.Value.Pid, tid);
        if (log is not null)
        {
            log.Users++;
            log.Add(item);
        }

        return log;
    }

    /// <summary>What is learned from the thread of an event loop.</summary>
    public CallbackReplay? ReplayOf(ThreadLog log)
    {
        if (log.Replay is null && _replays < MostReplays)
        {
            _replays++;
            log.Replay = new CallbackReplay();
        }

        return log.Replay;
    }

    public void ForgetSilent(long nowNs, long silentNs = SilentNs)
    {
        _full = false;
        _last = null;
        _silent.Clear();
        foreach (ThreadLog log in _logs.Values)
        {
            if (log.Users == 0 && nowNs - log.LastNs > silentNs)
            {
                _silent.Add(log);
            }
        }

        foreach (ThreadLog log in _silent)
        {
            _ = _logs.Remove(log.Key);
            _replays -= log.Replay is null ? 0 : 1;
            log.Reset(0);
            _pool.Push(log);
        }
    }

    /// <summary>Threads come and go with every request: those that are done make room. Tried in vain once a sweep.</summary>
    private bool MakeRoom()
    {
        if (_full)
        {
            return false;
        }

        ForgetSilent(long.MaxValue, 0);
        _full = _logs.Count > Capacity - (Capacity / 16);
        return _logs.Count < Capacity;
    }

    private static long Key(int pid, int tid) => ((long)pid << 32) | (uint)tid;
}
