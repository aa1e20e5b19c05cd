using System.Runtime.InteropServices;

namespace Latmon.Bpf.Native;

/// <summary>
/// libbpf 1.x. Functions that return a pointer return null and set errno; functions that return int return a negative
/// errno. Strings that come back belong to libbpf and live as long as the object they were asked of.
/// </summary>
internal static unsafe partial class Libbpf
{
    private const string Library = "bpf";

    [StructLayout(LayoutKind.Sequential)]
    internal struct bpf_object_open_opts
    {
        public nuint sz;
        public byte* object_name;
        public byte relaxed_maps;
        public byte* pin_root_path;
        public uint attach_prog_fd_unused;
        public byte* kconfig;
        public byte* btf_custom_path;
        public byte* kernel_log_buf;
        public nuint kernel_log_size;
        public uint kernel_log_level;
    }

    [LibraryImport(Library)]
    internal static partial delegate* unmanaged<int, byte*, nint, int> libbpf_set_print(
        delegate* unmanaged<int, byte*, nint, int> print);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_object__open_mem(byte* buffer, nuint size, bpf_object_open_opts* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_object__load(nint obj);

    [LibraryImport(Library)]
    internal static partial void bpf_object__close(nint obj);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__btf(nint obj);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_program_by_name(nint obj, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_map_by_name(nint obj, string name);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_map(nint obj, nint previous);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_program(nint obj, nint previous);

    [LibraryImport(Library)]
    internal static partial int bpf_program__set_autoload(nint program, [MarshalAs(UnmanagedType.U1)] bool autoload);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool bpf_program__autoload(nint program);

    [LibraryImport(Library)]
    internal static partial byte* bpf_program__name(nint program);

    [LibraryImport(Library)]
    internal static partial byte* bpf_program__section_name(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_program__fd(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_program__set_expected_attach_type(nint program, uint type);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_program__attach(nint program);

    [StructLayout(LayoutKind.Sequential)]
    internal struct bpf_iter_attach_opts
    {
        public nuint sz;
        public uint* link_info;
        public uint link_info_len;
    }

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_program__attach_iter(nint program, bpf_iter_attach_opts* opts);

    [StructLayout(LayoutKind.Sequential)]
    internal struct bpf_uprobe_opts
    {
        public nuint sz;
        public nuint ref_ctr_offset;
        public ulong bpf_cookie;
        public byte retprobe;
        public byte* func_name;
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_program__attach_uprobe_opts(
        nint program, int pid, string path, nuint offset, bpf_uprobe_opts* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_enable_stats(int type);

    /// <summary>The head of struct bpf_prog_info; a kernel that knows less of it leaves the rest as it was.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 216)]
    internal struct bpf_prog_info
    {
        [FieldOffset(192)]
        public ulong run_time_ns;

        [FieldOffset(200)]
        public ulong run_cnt;

        [FieldOffset(208)]
        public ulong recursion_misses;
    }

    [LibraryImport(Library)]
    internal static partial int bpf_obj_get_info_by_fd(int fd, bpf_prog_info* info, uint* length);

    [LibraryImport(Library)]
    internal static partial int bpf_map__reuse_fd(nint map, int fd);

    [LibraryImport(Library)]
    internal static partial int bpf_link__fd(nint link);

    [LibraryImport(Library)]
    internal static partial int bpf_iter_create(int linkFd);

    [LibraryImport(Library)]
    internal static partial int bpf_link__destroy(nint link);

    /// <summary>The head of libbpf's options; the members that are not used lie behind it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct bpf_prog_load_opts
    {
        public nuint sz;
        public int attempts;
        public uint expected_attach_type;
        public uint prog_btf_fd;
        public uint prog_flags;
        public uint prog_ifindex;
        public uint kern_version;
        public uint attach_btf_id;
        public uint attach_prog_fd;
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_prog_load(
        uint type, string name, string license, ulong* instructions, nuint count, bpf_prog_load_opts* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_raw_tracepoint_open(nint name, int prog_fd);

    [LibraryImport(Library)]
    internal static partial byte* bpf_map__name(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__fd(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_max_entries(nint map, uint entries);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__max_entries(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__key_size(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__value_size(nint map);

    [LibraryImport(Library)]
    internal static partial void* bpf_map__initial_value(nint map, nuint* size);

    [LibraryImport(Library)]
    internal static partial int bpf_map_update_elem(int fd, void* key, void* value, ulong flags);

    [LibraryImport(Library)]
    internal static partial int bpf_map_delete_elem(int fd, void* key);

    [LibraryImport(Library)]
    internal static partial int bpf_map_get_next_key(int fd, void* key, void* next);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint btf__load_vmlinux_btf();

    [LibraryImport(Library)]
    internal static partial void btf__free(nint btf);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int btf__find_by_name_kind(nint btf, string name, uint kind);

    [LibraryImport(Library)]
    internal static partial uint* btf__type_by_id(nint btf, uint id);

    [LibraryImport(Library)]
    internal static partial long btf__resolve_size(nint btf, uint id);

    [LibraryImport(Library)]
    internal static partial byte* btf__name_by_offset(nint btf, uint offset);
}
