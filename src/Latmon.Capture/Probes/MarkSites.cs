using Latmon.Bpf;

namespace Latmon.Capture.Probes;

/// <summary>The map <c>mark_sites</c>, and which of its numbers are taken. Any thread.</summary>
internal sealed class MarkSites(BpfMap map)
{
    private const int Full = 28; // ENOSPC

    private readonly Lock _lock = new();
    private readonly Stack<uint> _free = new();
    private uint _next;

    /// <exception cref="BpfException">There are as many already as the map holds.</exception>
    public uint Add(in MarkSite site)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out uint number))
            {
                number = _next < map.MaxEntries ? _next++ : throw new BpfException("keeping the arguments of one more mark", Full);
            }

            map.Set(number, site);
            return number;
        }
    }

    /// <summary>Of a mark that is no longer attached. What stands in the map stays until the number is given away again.</summary>
    public void Free(uint number)
    {
        lock (_lock)
        {
            _free.Push(number);
        }
    }
}
