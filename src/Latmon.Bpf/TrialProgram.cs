using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>
/// The smallest program there is (<c>return 0</c>), loaded for a function or a tracepoint of the kernel and unloaded again: whether
/// this kernel, its configuration and this process's privileges allow programs there at all.
/// </summary>
public static unsafe class TrialProgram
{
    private const uint ProbeType = 2; // BPF_PROG_TYPE_KPROBE
    private const uint TracingType = 26; // BPF_PROG_TYPE_TRACING
    private const uint Tracepoint = 23; // BPF_TRACE_RAW_TP
    private const uint FunctionEntry = 24; // BPF_TRACE_FENTRY
    private const uint FunctionExit = 25; // BPF_TRACE_FEXIT
    private const uint Iterator = 28; // BPF_TRACE_ITER
    private const ulong SetResultToZero = 0xb7; // BPF_MOV64_IMM(R0, 0)
    private const ulong Exit = 0x95; // BPF_EXIT_INSN()

    /// <summary>0 when the kernel takes it, else errno.</summary>
    /// <param name="kernel">The running kernel's type information.</param>
    /// <param name="atExit">Where the function returns, instead of where it begins.</param>
    /// <param name="attached">It is attached, too, for a moment: that takes the kernel some 20 ms.</param>
    public static int OnFunction(Btf kernel, string function, bool atExit, bool attached) =>
        Load(kernel.FunctionId(function), atExit ? FunctionExit : FunctionEntry, attached);

    /// <summary>The same on a tracepoint, which every kernel allows who may load programs at all.</summary>
    public static int OnTracepoint(Btf kernel, string tracepoint) => Load(kernel.TracepointId(tracepoint), Tracepoint);

    /// <summary>The same for an iterator: <c>task</c>, <c>bpf_sk_storage_map</c>.</summary>
    public static int OnIterator(Btf kernel, string over) => Load(kernel.FunctionId("bpf_iter_" + over), Iterator);

    /// <summary>Whether user probes can be links of the kernel's own, see <see cref="ProbeLink"/>.</summary>
    public static bool TakesProbeLinks()
    {
        int program = Load(ProbeType, target: 0, BpfCall.TraceUprobeMulti);
        if (program < 0)
        {
            return false;
        }

        bool known = ProbeLink.AreKnown(program);
        _ = Libc.close(program);
        return known;
    }

    /// <summary>0, or errno.</summary>
    private static int Load(int target, uint attachType, bool attached = false)
    {
        int program = Load(TracingType, target, attachType);
        if (program < 0)
        {
            return -program;
        }

        int errno = attached ? Attach(program) : 0;
        _ = Libc.close(program);
        return errno;
    }

    /// <summary>0, or errno.</summary>
    private static int Attach(int program)
    {
        int link = Libbpf.bpf_raw_tracepoint_open(0, program);
        if (link < 0)
        {
            return -link;
        }

        _ = Libc.close(link);
        return 0;
    }

    /// <summary>The program's file descriptor, or a negative errno.</summary>
    private static int Load(uint type, int target, uint attachType)
    {
        ulong* instructions = stackalloc ulong[] { SetResultToZero, Exit };
        Libbpf.bpf_prog_load_opts options = new()
        {
            sz = (nuint)sizeof(Libbpf.bpf_prog_load_opts),
            attempts = 1,
            expected_attach_type = attachType,
            attach_btf_id = (uint)target,
        };
        return Libbpf.bpf_prog_load(type, "trial", "GPL", instructions, 2, &options);
    }
}
