using System.Globalization;
using Latmon.Pipeline.Filtering;

namespace Latmon.Capture.Probes;

/// <summary>
/// Which of the wanted files running processes have mapped. A process may load a library at any time, but mostly does when it
/// begins or when it is first asked for something: for <see cref="NewMs"/> from either on it is looked at on every look, then
/// whenever its age has doubled, and in the end every <see cref="SeldomMs"/>. Reading the mappings of one process takes about
/// 50 µs.
/// </summary>
internal sealed class ProcessWatch(IReadOnlyList<ProbeSet> sets)
{
    private const long NewMs = 15_000;
    private const long SeldomMs = 30_000;

    private readonly Dictionary<int, Known> _known = [];
    private readonly List<int> _gone = [];
    private TraceFilter _filter = TraceFilter.None;
    private long _look;

    /// <summary>Names and ids of processes are the only terms that matter here. Everything is looked at anew.</summary>
    public void Apply(TraceFilter filter)
    {
        _filter = filter;
        _known.Clear();
    }

    /// <summary>Every wanted file that is in use, once for each definition that wants it.</summary>
    /// <param name="serving">Ids of processes that read requests; others may do so too.</param>
    public Dictionary<(string Set, string File), WantedFile> Look(long nowMs, params IReadOnlyCollection<int> serving)
    {
        _look++;
        foreach (int pid in serving)
        {
            if (_known.TryGetValue(pid, out Known? process) && !process.Serves)
            {
                process.Serves = true;
                process.NewMs = nowMs;
                process.NextMs = nowMs;
            }
        }

        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && pid != Environment.ProcessId)
            {
                Look(pid, nowMs);
            }
        }

        Dictionary<(string, string), WantedFile> inUse = [];
        foreach ((int pid, Known process) in _known)
        {
            if (process.Look != _look)
            {
                _gone.Add(pid);
                continue;
            }

            foreach ((ProbeSet set, MappedFile file) in process.Files)
            {
                if (!inUse.TryGetValue((set.Name, file.Id), out WantedFile? wanted))
                {
                    wanted = new WantedFile(set);
                    inUse.Add((set.Name, file.Id), wanted);
                }

                wanted.Add(file);
            }
        }

        _gone.ForEach(pid => _known.Remove(pid));
        _gone.Clear();
        return inUse;
    }

    private void Look(int pid, long nowMs)
    {
        if (!_known.TryGetValue(pid, out Known? process))
        {
            process = new Known { NewMs = nowMs };
            _known.Add(pid, process);
        }

        process.Look = _look;
        if (nowMs < process.NextMs)
        {
            return;
        }

        long ageMs = nowMs - process.NewMs;
        process.NextMs = ageMs < NewMs ? nowMs : nowMs + Math.Min(ageMs, SeldomMs);
        process.Files.Clear();
        if (IsWanted(pid))
        {
            MappedFile.AddOf(pid, sets, process.Files);
        }
    }

    /// <summary>Without a filter by process, which ones serve requests is decided when a probe is hit.</summary>
    private bool IsWanted(int pid)
    {
        if (_filter.Processes.IsEmpty)
        {
            return true;
        }

        string name = "";
        try
        {
            name = File.ReadAllText($"/proc/{pid}/comm").TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        return _filter.Processes.Any(term => IsProcess(term, pid, name));
    }

    private static bool IsProcess(string term, int pid, string name) =>
        int.TryParse(term, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number == pid
            : name.Length > 0 && term.AsSpan(0, Math.Min(term.Length, 15)).SequenceEqual(name);

    private sealed class Known
    {
        /// <summary>When it was first seen, or first seen to serve.</summary>
        public long NewMs { get; set; }

        public bool Serves { get; set; }

        public long NextMs { get; set; }

        public long Look { get; set; }

        public List<(ProbeSet Set, MappedFile File)> Files { get; } = [];
    }
}
