using System.Runtime.InteropServices;
using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>
/// Type information of an object or of the running kernel: which hooks exist, and where a global or a field lies. Reads the
/// BTF encoding directly (Documentation/bpf/btf.rst): a type is three words, then its members.
/// </summary>
public sealed unsafe class Btf : IDisposable
{
    private const uint KindStruct = 4;
    private const uint KindEnum = 6;
    private const uint KindTypedef = 8;
    private const uint KindFunction = 12;
    private const uint KindDataSection = 15;
    private const int HeaderWords = 3;

    private readonly nint _btf;
    private readonly bool _owned;

    internal Btf(nint btf, bool owned)
    {
        _btf = btf;
        _owned = owned;
    }

    /// <summary>The running kernel's own; throws where the kernel was built without.</summary>
    public static Btf OfKernel() =>
        new(BpfException.ThrowIfNull(Libbpf.btf__load_vmlinux_btf(), "reading the kernel's type information"), owned: true);

    /// <summary>True when the kernel has this tracepoint in a form that tp_btf programs can attach to.</summary>
    public bool HasTracepoint(string name) => TracepointId(name) > 0;

    public bool HasFunction(string name) => FunctionId(name) > 0;

    /// <summary>How many parameters the function takes, or -1 when the kernel has no function of that name.</summary>
    public int Parameters(string function)
    {
        int id = FunctionId(function);
        return id > 0 ? VectorLength(Libbpf.btf__type_by_id(_btf, Libbpf.btf__type_by_id(_btf, (uint)id)[2])) : -1;
    }

    /// <summary>Size in bytes, and the place of every field in it.</summary>
    public (int Size, IReadOnlyDictionary<string, BtfField> Fields) Struct(string name)
    {
        uint* type = Find(name, KindStruct);
        Dictionary<string, BtfField> fields = [];
        uint* member = type + HeaderWords;
        for (int i = 0; i < VectorLength(type); i++, member += 3)
        {
            fields[Name(member[0])] = new BtfField(
                (int)(member[2] & 0xffffff) / 8, (int)Libbpf.btf__resolve_size(_btf, member[1]));
        }

        return ((int)type[2], fields);
    }

    /// <summary>Names and values of an enumeration.</summary>
    public IReadOnlyDictionary<string, int> Enum(string name)
    {
        uint* type = Find(name, KindEnum);
        Dictionary<string, int> values = [];
        uint* value = type + HeaderWords;
        for (int i = 0; i < VectorLength(type); i++, value += 2)
        {
            values[Name(value[0])] = (int)value[1];
        }

        return values;
    }

    /// <summary>0 or less when there is none.</summary>
    internal int FunctionId(string name) => Libbpf.btf__find_by_name_kind(_btf, name, KindFunction);

    /// <summary>0 or less when there is none.</summary>
    internal int TracepointId(string name) => Libbpf.btf__find_by_name_kind(_btf, "btf_trace_" + name, KindTypedef);

    /// <summary>Where a global variable lies in its section.</summary>
    internal (int Offset, int Size) Global(string section, string name)
    {
        uint* type = Find(section, KindDataSection);
        uint* variable = type + HeaderWords;
        for (int i = 0; i < VectorLength(type); i++, variable += 3)
        {
            if (Name(Libbpf.btf__type_by_id(_btf, variable[0])[0]) == name)
            {
                return ((int)variable[1], (int)variable[2]);
            }
        }

        throw new ArgumentException($"{section} has no variable {name}", nameof(name));
    }

    public void Dispose()
    {
        if (_owned)
        {
            Libbpf.btf__free(_btf);
        }
    }

    private static int VectorLength(uint* type) => (int)(type[1] & 0xffff);

    private uint* Find(string name, uint kind)
    {
        int id = Libbpf.btf__find_by_name_kind(_btf, name, kind);
        return id > 0
            ? Libbpf.btf__type_by_id(_btf, (uint)id)
            : throw new ArgumentException($"no type {name} in this BTF", nameof(name));
    }

    private string Name(uint offset) => Marshal.PtrToStringUTF8((nint)Libbpf.btf__name_by_offset(_btf, offset)) ?? "";
}

/// <summary>Bytes from the beginning of the struct, and bytes that the field takes.</summary>
public readonly record struct BtfField(int Offset, int Size);
