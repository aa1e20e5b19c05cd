using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>A hash map of the programs. Every call is one system call and may come from any thread.</summary>
public sealed unsafe class BpfMap
{
    private const int NoSuchEntry = -2; // ENOENT

    private readonly string _name;
    private readonly int _fd;
    private readonly int _keySize;

    internal BpfMap(nint map, string name)
    {
        _name = name;
        _fd = Libbpf.bpf_map__fd(map);
        _keySize = (int)Libbpf.bpf_map__key_size(map);
        MaxEntries = (int)Libbpf.bpf_map__max_entries(map);
    }

    /// <summary>For a ring buffer: its size in bytes.</summary>
    public int MaxEntries { get; }

    internal int Fd => _fd;

    public void Set<TKey, TValue>(TKey key, TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        RequireKey(sizeof(TKey));
        BpfException.ThrowIfNegative(Libbpf.bpf_map_update_elem(_fd, &key, &value, 0), $"writing the map {_name}");
    }

    /// <summary>Whether this thread may look into the map now: before Linux 5.19 every use of a map asks for privileges.</summary>
    public bool IsPermitted()
    {
        byte[] next = new byte[_keySize];
        fixed (byte* key = next)
        {
            return Libbpf.bpf_map_get_next_key(_fd, null, key) != -BpfException.NotPermitted;
        }
    }

    /// <summary>The keys, numbers of 4 bytes, that are there now; what is added or removed meanwhile may be missing.</summary>
    public IReadOnlyList<int> Keys()
    {
        RequireKey(sizeof(int));
        List<int> keys = [];
        int key;
        int last = 0;
        while (keys.Count < MaxEntries && Libbpf.bpf_map_get_next_key(_fd, keys.Count == 0 ? null : &last, &key) == 0)
        {
            keys.Add(key);
            last = key;
        }

        return keys;
    }

    /// <summary>Removes every entry. Entries added meanwhile by a program may stay.</summary>
    public void Clear()
    {
        byte[] next = new byte[_keySize];
        fixed (byte* key = next)
        {
            while (Libbpf.bpf_map_get_next_key(_fd, null, key) == 0)
            {
                int result = Libbpf.bpf_map_delete_elem(_fd, key);
                if (result != NoSuchEntry)
                {
                    BpfException.ThrowIfNegative(result, $"emptying the map {_name}");
                }
            }
        }
    }

    private void RequireKey(int size)
    {
        if (size != _keySize)
        {
            throw new ArgumentException($"the key of {_name} has {_keySize} bytes, not {size}");
        }
    }
}
