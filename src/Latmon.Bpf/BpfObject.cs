using System.Runtime.InteropServices;
using System.Text;
using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>
/// A BPF object file in memory, from open to close: open, choose programs and knobs, load, attach. Calls out of that order
/// are refused. Not thread-safe; map and global contents may be used from any thread after load.
/// </summary>
public sealed unsafe class BpfObject : IDisposable
{
    private const int EveryProcess = -1;

    private readonly nint _object;
    private readonly string _name;
    private readonly List<BpfLink> _links = [];
    private readonly Dictionary<string, SharedSection> _sections = [];
    private bool _usesProbeLinks;
    private bool _loaded;
    private bool _disposed;

    private BpfObject(nint obj, string name)
    {
        _object = obj;
        _name = name;
        Btf = new Btf(Libbpf.bpf_object__btf(obj), owned: false);
    }

    /// <summary>The object's own type information.</summary>
    public Btf Btf { get; }

    /// <param name="elf">Copied by libbpf; not needed after the call.</param>
    /// <param name="name">Prefix of the names that bpftool shows for the global data maps.</param>
    public static BpfObject Open(ReadOnlySpan<byte> elf, string name)
    {
        byte[] nameBytes = Encoding.UTF8.GetBytes(name + '\0');
        fixed (byte* image = elf)
        fixed (byte* objectName = nameBytes)
        {
            Libbpf.bpf_object_open_opts options = new()
            {
                sz = (nuint)sizeof(Libbpf.bpf_object_open_opts),
                object_name = objectName,
            };
            nint obj = Libbpf.bpf_object__open_mem(image, (nuint)elf.Length, &options);
            return new BpfObject(BpfException.ThrowIfNull(obj, "opening the BPF object"), name);
        }
    }

    /// <summary>All programs, with the section that names their hook.</summary>
    public IReadOnlyList<(string Name, string Section)> Programs()
    {
        List<(string, string)> programs = [];
        for (nint p = Libbpf.bpf_object__next_program(_object, 0); p != 0; p = Libbpf.bpf_object__next_program(_object, p))
        {
            programs.Add((Text(Libbpf.bpf_program__name(p)), Text(Libbpf.bpf_program__section_name(p))));
        }

        return programs;
    }

    /// <summary>Leaves a program out of the load, because its hook does not exist here.</summary>
    public void SkipProgram(string name)
    {
        RequireBeforeLoad();
        BpfException.ThrowIfNegative(
            Libbpf.bpf_program__set_autoload(Program(name), autoload: false), $"leaving out the program {name}");
    }

    /// <summary>False for one that was left out.</summary>
    public bool Has(string program) => Libbpf.bpf_program__autoload(Program(program));

    public void SetMaxEntries(string map, uint entries)
    {
        RequireBeforeLoad();
        BpfException.ThrowIfNegative(
            Libbpf.bpf_map__set_max_entries(FindMap(map), entries), $"setting the size of the map {map}");
    }

    /// <summary>Uses a map of another object, which must be loaded and stay open, in place of the own one of that name.</summary>
    public void ShareMap(string name, BpfMap map)
    {
        RequireBeforeLoad();
        BpfException.ThrowIfNegative(Libbpf.bpf_map__reuse_fd(FindMap(name), map.Fd), $"sharing the map {name}");
    }

    /// <summary>Lets user probes be links of the kernel's own, which <see cref="TrialProgram.TakesProbeLinks"/> must have found known.</summary>
    public void UseProbeLinks()
    {
        RequireBeforeLoad();
        foreach ((string name, string section) in Programs().Where(program => program.Section is "uprobe" or "uretprobe"))
        {
            BpfException.ThrowIfNegative(
                Libbpf.bpf_program__set_expected_attach_type(Program(name), BpfCall.TraceUprobeMulti), $"choosing how {section} {name} is attached");
        }

        _usesProbeLinks = true;
    }

    public void Load()
    {
        RequireBeforeLoad();
        BpfException.ThrowIfNegative(Libbpf.bpf_object__load(_object), "loading the BPF programs");
        _loaded = true;
    }

    /// <summary>Attaches a program to the hook of its section. The object owns the link.</summary>
    public void Attach(string program)
    {
        RequireAfterLoad();
        nint link = Libbpf.bpf_program__attach(Program(program));
        _links.Add(new BpfLink(BpfException.ThrowIfNull(link, $"attaching the program {program}")));
    }

    /// <summary>Hangs a program on an instruction of a file, in every process. The caller owns the attachment.</summary>
    public IDisposable Attach(string program, in UserProbe probe)
    {
        RequireAfterLoad();
        if (_usesProbeLinks)
        {
            return ProbeLink.Attach(Libbpf.bpf_program__fd(Program(program)), probe);
        }

        Libbpf.bpf_uprobe_opts options = new()
        {
            sz = (nuint)sizeof(Libbpf.bpf_uprobe_opts),
            ref_ctr_offset = (nuint)probe.Counter,
            bpf_cookie = probe.Cookie,
            retprobe = (byte)(probe.AtReturn ? 1 : 0),
        };
        nint link = Libbpf.bpf_program__attach_uprobe_opts(
            Program(program), EveryProcess, probe.Path, (nuint)probe.FileOffset, &options);
        return new BpfLink(BpfException.ThrowIfNull(link, $"attaching to {probe.Path}"));
    }

    /// <summary>Makes an iterator program ready to be run, over every element of a map or, without one, over what its section says.</summary>
    public BpfIterator Iterator(string program, string? map = null)
    {
        RequireAfterLoad();
        uint* mapFd = stackalloc uint[4]; // union bpf_iter_link_info, of which the first member is the map
        Libbpf.bpf_iter_attach_opts options = new() { sz = (nuint)sizeof(Libbpf.bpf_iter_attach_opts) };
        if (map is not null)
        {
            mapFd[0] = (uint)Libbpf.bpf_map__fd(FindMap(map));
            options.link_info = mapFd;
            options.link_info_len = 4 * sizeof(uint);
        }

        nint handle = Libbpf.bpf_program__attach_iter(Program(program), &options);
        BpfLink link = new(BpfException.ThrowIfNull(handle, $"attaching the iterator {program}"));
        _links.Add(link);
        return new BpfIterator(link, program);
    }

    /// <summary>Of the programs that hang on hooks; iterators run when latmon asks. Any thread, also without privileges.</summary>
    public ProgramRuns Runs()
    {
        RequireAfterLoad();
        ProgramRuns sum = default;
        for (nint p = Libbpf.bpf_object__next_program(_object, 0); p != 0; p = Libbpf.bpf_object__next_program(_object, p))
        {
            if (!Text(Libbpf.bpf_program__section_name(p)).StartsWith("iter", StringComparison.Ordinal) && TryInfo(p, out Libbpf.bpf_prog_info info))
            {
                sum = new ProgramRuns(
                    sum.Count + (long)info.run_cnt, sum.TotalNs + (long)info.run_time_ns, sum.Skipped + (long)info.recursion_misses);
            }
        }

        return sum;
    }

    public bool HasMap(string name) => MapOrNull(name) != 0;

    public BpfMap Map(string name)
    {
        RequireAfterLoad();
        return new BpfMap(FindMap(name), name);
    }

    /// <summary>A knob: a constant of the programs, to be written before load.</summary>
    public BpfGlobal<T> Knob<T>(string name)
        where T : unmanaged
    {
        RequireBeforeLoad();
        nuint sectionSize;
        byte* data = (byte*)Libbpf.bpf_map__initial_value(FindMap(".rodata"), &sectionSize);
        return Locate<T>(data, ".rodata", name);
    }

    /// <summary>
    /// A variable of the programs (<c>.bss</c>, or <c>.data</c> when it does not begin as 0), to be used after load: memory
    /// shared with the kernel, valid until the object is disposed.
    /// </summary>
    public BpfGlobal<T> Global<T>(string name, string section = ".bss")
        where T : unmanaged
    {
        RequireAfterLoad();
        if (!_sections.TryGetValue(section, out SharedSection? shared))
        {
            shared = new SharedSection(FindMap(section), section);
            _sections.Add(section, shared);
        }

        return Locate<T>(shared.Start, section, name);
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (BpfLink link in _links)
        {
            link.Dispose();
        }

        foreach (SharedSection section in _sections.Values)
        {
            section.Dispose();
        }

        Libbpf.bpf_object__close(_object);
    }

    private BpfGlobal<T> Locate<T>(byte* section, string sectionName, string name)
        where T : unmanaged
    {
        (int offset, int size) = Btf.Global(sectionName, name);
        return new BpfGlobal<T>((T*)(section + offset), size / sizeof(T));
    }

    private nint Program(string name)
    {
        nint program = Libbpf.bpf_object__find_program_by_name(_object, name);
        return program != 0 ? program : throw new ArgumentException($"{_name} has no program {name}", nameof(name));
    }

    private nint FindMap(string name)
    {
        nint map = MapOrNull(name);
        return map != 0 ? map : throw new ArgumentException($"{_name} has no map {name}", nameof(name));
    }

    /// <summary>Data sections become maps named after the object, cut to the kernel's 15 characters, so they go by suffix.</summary>
    private nint MapOrNull(string name)
    {
        for (nint map = Libbpf.bpf_object__next_map(_object, 0); map != 0; map = Libbpf.bpf_object__next_map(_object, map))
        {
            string candidate = Text(Libbpf.bpf_map__name(map));
            if (name[0] == '.' ? candidate.EndsWith(name, StringComparison.Ordinal) : candidate == name)
            {
                return map;
            }
        }

        return 0;
    }

    private void RequireBeforeLoad()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_loaded)
        {
            throw new InvalidOperationException("the object is loaded already");
        }
    }

    private void RequireAfterLoad()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_loaded)
        {
            throw new InvalidOperationException("the object is not loaded yet");
        }
    }

    /// <summary>False for one that was left out.</summary>
    private static bool TryInfo(nint program, out Libbpf.bpf_prog_info info)
    {
        info = default;
        uint length = (uint)sizeof(Libbpf.bpf_prog_info);
        int fd = Libbpf.bpf_program__fd(program);
        fixed (Libbpf.bpf_prog_info* to = &info)
        {
            return fd >= 0 && Libbpf.bpf_obj_get_info_by_fd(fd, to, &length) == 0;
        }
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
