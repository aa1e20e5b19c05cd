using System.Collections.Concurrent;

namespace Latmon.Capture;

/// <summary>
/// In which containers processes run. Read once for a process and again after <see cref="KeptMs"/>, because its id may be another's
/// by then. Any thread; bounded.
/// </summary>
/// <param name="processes">The directory of the processes.</param>
internal sealed class ProcessContainers(string processes = "/proc")
{
    private const long KeptMs = 60_000;
    private const int Capacity = 4096;

    private readonly ConcurrentDictionary<int, (string? Container, long ReadMs)> _known = new();

    /// <summary>Null when it is in none, or has ended before it was first asked for.</summary>
    public string? Of(int pid)
    {
        long nowMs = Environment.TickCount64;
        if (_known.TryGetValue(pid, out (string? Container, long ReadMs) known) && nowMs - known.ReadMs < KeptMs)
        {
            return known.Container;
        }

        if (_known.Count >= Capacity)
        {
            _known.Clear();
        }

        string? container = Read(pid) ?? known.Container;
        _known[pid] = (container, nowMs);
        return container;
    }

    private string? Read(int pid)
    {
        try
        {
            return ContainerId.In(File.ReadAllText($"{processes}/{pid}/cgroup"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
