using System.Collections.Immutable;
using Latmon.Bpf;
using Latmon.Capture.Probes;

namespace Latmon.Capture;

/// <summary>
/// The programs in the best build that this kernel takes, on the best hooks that it has: loaded and attached, or one
/// sentence that says why not.
/// </summary>
internal sealed class KernelPrograms : IDisposable
{
    public const string KernelTypes = "/sys/kernel/btf/vmlinux";

    private const string Iterator = "iter/";
    private const string Flush = "flush";
    private const string FlushFiles = "flush_files";
    private const string Sweep = "sweep";

    private KernelPrograms(BpfObject loaded, ProgramBuild build, ImmutableArray<HookChoice> hooks, ImmutableArray<string> refusedBuilds)
    {
        Object = loaded;
        Build = build;
        Hooks = hooks;
        RefusedBuilds = refusedBuilds;
    }

    public BpfObject Object { get; }

    public ProgramBuild Build { get; }

    public ImmutableArray<HookChoice> Hooks { get; private set; }

    /// <summary>Better builds, and why they were not taken.</summary>
    public ImmutableArray<string> RefusedBuilds { get; }

    /// <summary>What is missed on this kernel, and what that means.</summary>
    public ImmutableArray<string> Reductions =>
    [
        .. Hooks.Where(hook => hook is { IsMissed: true, Boundary.Without: not null }).Select(hook => hook.Boundary.Without!),
        .. Build == ProgramBuild.All[0] ? (string[])[] : [Build.Title],
    ];

    /// <param name="withTls">There is to be room for what a TLS library decrypts.</param>
    /// <param name="standIns">Whether programs have stand-ins; null where the kernel decides that.</param>
    public static KernelPrograms Load(bool withTls = false, bool? standIns = null)
    {
        RequireTypeInformation();
        try
        {
            using Btf kernel = Btf.OfKernel();
            return Load(kernel, withTls, standIns ?? KernelPreemption.ReachesPrograms(KernelPreemption.Mode));
        }
        catch (BpfException e)
        {
            throw Explain(e);
        }
    }

    /// <summary>What would be chosen, without loading it: for a report on a kernel where the load fails.</summary>
    public static ImmutableArray<HookChoice> Survey()
    {
        using Btf kernel = Btf.OfKernel();
        ProgramBuild build = ProgramBuild.All.First(build => build.MissingIn(kernel) is null);
        using BpfObject programs = build.Open();
        return new HookSelection(kernel, withStandIns: false).Choose(HooksOf(programs));
    }

    /// <summary>A function hook that cannot be attached after all is missed like one that does not exist.</summary>
    public void Attach()
    {
        ImmutableArray<HookChoice>.Builder attached = ImmutableArray.CreateBuilder<HookChoice>(Hooks.Length);
        foreach (HookChoice choice in Hooks)
        {
            attached.Add(Attach(choice));
        }

        Hooks = attached.MoveToImmutable();
    }

    /// <summary>
    /// Hands over the answers that wait for nothing any more, or after <c>flush_last</c> all that wait, whenever it is run; null where
    /// the kernel has no iterator for it. Closed with the programs.
    /// </summary>
    public BpfIterator? FlushIterator()
    {
        bool walksFiles = Object.Programs().Any(program => program.Name == FlushFiles) && !Object.Has(Flush);
        try
        {
            return walksFiles ? Object.Iterator(FlushFiles) : Object.Iterator(Flush, "sockets");
        }
        catch (BpfException)
        {
            return null;
        }
    }

    /// <summary>Names the AF_UNIX connections that are there, whenever it is run; null where the kernel has no iterator for it.</summary>
    public BpfIterator? SweepIterator()
    {
        bool walksMap = Object.Programs().Any(program => program == (Sweep, Iterator + "bpf_map_elem"));
        try
        {
            return walksMap ? Object.Iterator(Sweep, "unix_connections") : Object.Iterator(Sweep);
        }
        catch (BpfException)
        {
            return null;
        }
    }

    public void Dispose() => Object.Dispose();

    /// <summary>The kernel's own type information decides which builds are tried; the first that loads is taken.</summary>
    private static KernelPrograms Load(Btf kernel, bool withTls, bool withStandIns)
    {
        HookSelection selection = new(kernel, withStandIns);
        List<string> refused = [];
        for (int i = 0; ; i++)
        {
            ProgramBuild build = ProgramBuild.All[i];
            bool last = i == ProgramBuild.All.Length - 1;
            if (build.MissingIn(kernel) is { } missing)
            {
                refused.Add($"{build.Title}: this kernel has no {missing}");
                continue;
            }

            try
            {
                return Load(build, kernel, selection, withTls, [.. refused]);
            }
            catch (BpfException e) when (!last && e.Errno != BpfException.NotPermitted)
            {
                refused.Add($"{build.Title}: {e.Message}");
            }
        }
    }

    private static KernelPrograms Load(
        ProgramBuild build, Btf kernel, HookSelection selection, bool withTls, ImmutableArray<string> refusedBuilds)
    {
        BpfObject programs = build.Open();
        try
        {
            foreach (string map in TlsPlan.Maps.Where(map => !withTls && programs.HasMap(map)))
            {
                programs.SetMaxEntries(map, 1);
            }

            Dictionary<string, Hook> hooks = HooksOf(programs);
            ImmutableArray<HookChoice> choices = selection.Choose(hooks);
            RequireHooks(choices, kernel);
            HashSet<string> chosen = [.. choices.SelectMany(choice => choice.Hooks).Select(hook => hook.Program)];
            foreach (string program in hooks.Keys.Where(program => !chosen.Contains(program)))
            {
                programs.SkipProgram(program);
            }

            SkipRefusedIterators(programs, kernel);
            CountParameters(programs, kernel, hooks);
            programs.Knob<byte>("clocks_agree").Value = KernelClock.IsCommonToAllCpus ? (byte)1 : (byte)0;
            if (choices.Any(choice => !choice.StandIns.IsEmpty))
            {
                programs.Knob<byte>("has_standins").Value = 1;
            }

            programs.Load();
            return new KernelPrograms(programs, build, choices, refusedBuilds);
        }
        catch
        {
            programs.Dispose();
            throw;
        }
    }

    /// <summary>Hardened kernels allow iterators over processes and refuse those over the contents of maps.</summary>
    private static void SkipRefusedIterators(BpfObject programs, Btf kernel)
    {
        foreach ((string name, string section) in programs.Programs().Where(IsIterator))
        {
            if (TrialProgram.OnIterator(kernel, section[Iterator.Length..]) != 0)
            {
                programs.SkipProgram(name);
            }
        }
    }

    private static bool IsIterator((string Name, string Section) program) =>
        program.Section.StartsWith(Iterator, StringComparison.Ordinal);

    /// <summary>Iterators hang on nothing.</summary>
    private static Dictionary<string, Hook> HooksOf(BpfObject programs) => programs.Programs()
        .Where(program => !IsIterator(program))
        .ToDictionary(program => program.Name, program => Hook.Of(program.Name, program.Section));

    /// <summary>Functions whose parameters differ between kernels; a wrong guess would load and yield nonsense.</summary>
    private static void CountParameters(BpfObject programs, Btf kernel, Dictionary<string, Hook> hooks)
    {
        Set(programs.Knob<byte>("accept_parameters"), kernel.Parameters("inet_csk_accept"));
        if (hooks.ContainsKey("read_buffer"))
        {
            Set(programs.Knob<byte>("recvmsg_parameters"), kernel.Parameters("tcp_recvmsg"));
        }
    }

    private static void Set(BpfGlobal<byte> knob, int value)
    {
        if (value > 0)
        {
            knob.Value = (byte)value;
        }
    }

    private static void RequireHooks(ImmutableArray<HookChoice> choices, Btf kernel)
    {
        if (choices.FirstOrDefault(choice => choice.IsMissed && choice.Boundary.IsRequired) is not { } missed)
        {
            return;
        }

        // Refused here only, or everywhere?
        int errno = TrialProgram.OnTracepoint(kernel, "tcp_probe");
        if (errno != 0)
        {
            throw Explain(new BpfException("loading a BPF program", errno));
        }

        throw new CaptureException(
            $"This kernel does not let latmon see when {missed.Boundary.Title} ({missed.Reason}); " +
            $"it needs {missed.Boundary.Remedy}.",
            CaptureFailure.KernelLacks);
    }

    private HookChoice Attach(HookChoice choice)
    {
        try
        {
            foreach (Hook hook in choice.Hooks)
            {
                Object.Attach(hook.Program);
            }

            return choice;
        }
        catch (BpfException e) when (!choice.Boundary.IsRequired)
        {
            string reason = $"{choice.Hook} could not be attached: {BpfException.Reason(e.Errno)}";
            return choice with { Hook = null, StandIns = [], IsMissed = true, Reason = reason };
        }
        catch (BpfException e)
        {
            throw Explain(e);
        }
    }

    private static void RequireTypeInformation()
    {
        if (!Directory.Exists("/sys/kernel"))
        {
            throw new CaptureException(
                "There is no /sys here, where the kernel says what it has; mount -t sysfs sysfs /sys.", CaptureFailure.KernelLacks);
        }

        if (!File.Exists(KernelTypes))
        {
            throw new CaptureException(
                $"This kernel has no type information ({KernelTypes}); latmon needs one built with CONFIG_DEBUG_INFO_BTF.",
                CaptureFailure.KernelLacks);
        }
    }

    private static CaptureException Explain(BpfException e) => e switch
    {
        { IsPermission: true } when !ProcessCapabilities.OfThisProcess().AreEnough => new CaptureException(
            $"The kernel does not let this user load probes ({e.Message}); run latmon with sudo.", CaptureFailure.NotPermitted, e),
        { IsPermission: true } => new CaptureException(
            $"The kernel refuses the probes although the capabilities are there ({e.Message}): a container's seccomp filter or a " +
            "security module forbids them, or before Linux 5.11 the limit of locked memory (ulimit -l); run latmon outside of that.",
            CaptureFailure.NotPermitted, e),
        _ when KernelLockdown.IsConfidential => new CaptureException(
            $"This kernel is locked down (confidentiality), which lets no program read its memory ({e.Message}); boot without " +
            "lockdown=confidentiality.",
            CaptureFailure.KernelLacks, e),
        _ => new CaptureException(
            $"The kernel refused the probes ({e.Message}); --log FILE keeps its reasons.", CaptureFailure.KernelLacks, e),
    };
}
