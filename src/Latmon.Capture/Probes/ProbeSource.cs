using System.Collections.Immutable;
using Latmon.Bpf;
using Latmon.Pipeline.Filtering;

namespace Latmon.Capture.Probes;

/// <summary>
/// Keeps the wanted probes on the files that running processes use: looks for new ones once a second on a thread of its own
/// and takes them off when the filter no longer wants them or nobody uses the file. The programs are loaded when the first
/// such file is found.
/// </summary>
/// <remarks>Everything that needs privileges happens on that thread: it was started before the others gave theirs up, and keeps only those.</remarks>
internal sealed class ProbeSource : IDisposable
{
    private const int LookEveryMs = 1000;

    private readonly BpfObject _main;
    private readonly BpfMap _serving;
    private readonly ProcessWatch _watch;
    private readonly Dictionary<(string Set, string File), ProbedFile> _files = [];
    private readonly AutoResetEvent _asked = new(false);
    private readonly ManualResetEventSlim _looked = new();
    private readonly Thread _thread;
    private volatile ProbePrograms? _programs;
    private volatile TraceFilter _filter;
    private volatile Action? _work;
    private volatile bool _stopped;
    private bool _refused;

    /// <summary>The first look is taken before this returns: what runs already is probed from the start.</summary>
    public ProbeSource(BpfObject main, ImmutableArray<ProbeSet> sets, TraceFilter filter)
    {
        _main = main;
        _serving = main.Map("followed_pids");
        _filter = filter;
        _watch = new ProcessWatch(sets);
        _thread = new Thread(Watch) { Name = "probes", IsBackground = true };
        _thread.Start();
        _looked.Wait();
    }

    /// <summary>Spans lost in the kernel since the start.</summary>
    public long Lost => _programs?.Lost ?? 0;

    /// <summary>Of the programs in the observed processes; none while there are none.</summary>
    public ProgramRuns Runs => _programs?.Runs ?? default;

    /// <summary>Soon, on the thread that has privileges; replaces what was not begun yet.</summary>
    public void Run(Action work)
    {
        _work = work;
        _ = _asked.Set();
    }

    /// <summary>Requests among what was lost.</summary>
    public long LostTurns => _programs?.LostTurns ?? 0;

    /// <summary>Whose spans are reported changes now, what is attached soon after. Any thread, also one without privileges.</summary>
    public void Apply(TraceFilter filter)
    {
        _filter = filter;
        Select();
        _ = _asked.Set();
    }

    public void Dispose()
    {
        _stopped = true;
        _ = _asked.Set();
        _thread.Join();
        foreach (ProbedFile file in _files.Values)
        {
            file.Dispose();
        }

        _programs?.Dispose();
        _asked.Dispose();
        _looked.Dispose();
    }

    private void Watch()
    {
        TraceFilter? applied = null;
        Privileges.KeepToProbe();
        while (!_stopped)
        {
            if (applied != _filter)
            {
                applied = _filter;
                _watch.Apply(applied);
            }

            Look();
            _looked.Set();
            Interlocked.Exchange(ref _work, null)?.Invoke();
            _ = _asked.WaitOne(LookEveryMs);
        }
    }

    private void Look()
    {
        Dictionary<(string Set, string File), WantedFile> inUse = _watch.Look(Environment.TickCount64, _serving.Keys());
        foreach ((string Set, string File) unused in _files.Keys.Where(key => !inUse.ContainsKey(key)).ToArray())
        {
            _files[unused].Dispose();
            _ = _files.Remove(unused);
        }

        foreach (((string Set, string File) key, WantedFile file) in inUse)
        {
            if (!_files.ContainsKey(key) && TryLoad() && ProbedFile.Attach(file, _programs!) is { } probed)
            {
                _files.Add(key, probed);
            }
        }
    }

    /// <summary>A kernel that refuses once is not asked again.</summary>
    private bool TryLoad()
    {
        if (_programs is null && !_refused)
        {
            try
            {
                _programs = ProbePrograms.Load(_main);
                Select();
            }
            catch (BpfException)
            {
                _refused = true;
            }
        }

        return _programs is not null;
    }

    private void Select() => _programs?.Select(
        all: _filter.Ports.IsEmpty && _filter.Processes.IsEmpty && _filter.Netns is null,
        byProcess: !_filter.Processes.IsEmpty);
}
