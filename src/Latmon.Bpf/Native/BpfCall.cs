using System.Runtime.InteropServices;

namespace Latmon.Bpf.Native;

/// <summary>bpf(2) itself, for what libbpf learned after the oldest version that latmon is linked with (1.1; these links: 1.3).</summary>
internal static unsafe partial class BpfCall
{
    internal const uint TraceUprobeMulti = 48; // BPF_TRACE_UPROBE_MULTI
    internal const uint AtReturn = 1; // BPF_F_UPROBE_MULTI_RETURN

    private const int LinkCreate = 28; // BPF_LINK_CREATE

    /// <summary>__NR_bpf of x86-64, and of the table that newer architectures share.</summary>
    private static readonly nint CallNumber = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;

    /// <summary>union bpf_attr of BPF_LINK_CREATE with its <c>uprobe_multi</c>; the padding must be zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct uprobe_multi_attributes
    {
        public uint prog_fd;
        public uint target_fd;
        public uint attach_type;
        public uint flags;
        public byte* path;
        public ulong* offsets;
        public ulong* ref_ctr_offsets;
        public ulong* cookies;
        public uint cnt;
        public uint uprobe_flags;
        public uint pid;
        public uint padding;
    }

    /// <summary>The link's file descriptor, or a negative errno.</summary>
    internal static int CreateLink(in uprobe_multi_attributes attributes)
    {
        fixed (uprobe_multi_attributes* pointer = &attributes)
        {
            nint fd = syscall(CallNumber, LinkCreate, pointer, (nuint)sizeof(uprobe_multi_attributes));
            return fd < 0 ? -Marshal.GetLastPInvokeError() : (int)fd;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint command, void* attributes, nuint size);
}
