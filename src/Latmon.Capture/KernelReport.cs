using System.Collections.Immutable;
using Latmon.Bpf;
using Latmon.Capture.Probes;
using Latmon.Pipeline;

namespace Latmon.Capture;

/// <summary>
/// What this kernel gives latmon, found out by doing it: the programs are loaded and attached, and detached again. Nothing
/// is captured meanwhile, because nothing is asked to be.
/// </summary>
public sealed record KernelReport
{
    public required string Release { get; init; }

    /// <summary><c>none</c>, <c>integrity</c>, <c>confidentiality</c>, or empty when the kernel has no such thing.</summary>
    public required string Lockdown { get; init; }

    /// <summary><c>none</c>, <c>voluntary</c>, <c>lazy</c>, <c>full</c>, <c>rt</c>, or empty when that cannot be found out.</summary>
    public required string Preemption { get; init; }

    public required ProcessCapabilities Capabilities { get; init; }

    public required bool HasTypeInformation { get; init; }

    /// <summary>False where the kernel interprets programs instead of compiling them.</summary>
    public required bool IsCompiled { get; init; }

    public required string ClockSource { get; init; }

    public required bool HasReceiveStamps { get; init; }

    /// <summary>Empty where no programs could be loaded.</summary>
    public string Build { get; init; } = "";

    public ImmutableArray<string> RefusedBuilds { get; init; } = [];

    public ImmutableArray<HookChoice> Hooks { get; init; } = [];

    public int RingBytes { get; init; }

    /// <summary>One for each definition and file; empty where nothing could be captured anyway.</summary>
    public ImmutableArray<ProbeReport> Probes { get; init; } = [];

    /// <summary>Definitions that cannot be used, with what to do about it; one sentence each.</summary>
    public ImmutableArray<string> ProbeProblems { get; init; } = [];

    /// <summary>Why the kernel takes no probes inside processes, or null.</summary>
    public string? ProbeRefusal { get; init; }

    /// <summary>Why nothing can be captured; null when everything needed works.</summary>
    public CaptureException? Failure { get; init; }

    public ImmutableArray<LayerAvailability> Layers => LayerAvailability.Of(Hooks, HasReceiveStamps);

    /// <param name="standIns">Whether programs have stand-ins; null where the kernel decides that.</param>
    public static KernelReport Take(bool? standIns = null)
    {
        KernelReport report = new()
        {
            Release = KernelText.Read("/proc/sys/kernel/osrelease"),
            Lockdown = KernelLockdown.Mode,
            Preemption = KernelPreemption.Mode,
            Capabilities = ProcessCapabilities.OfThisProcess(),
            HasTypeInformation = File.Exists(KernelPrograms.KernelTypes),
            IsCompiled = KernelText.Read("/proc/sys/net/core/bpf_jit_enable") is not "0",
            ClockSource = KernelClock.Name,
            HasReceiveStamps = KernelClock.IsCheap,
        };
        try
        {
            return report.Try(standIns);
        }
        catch (CaptureException e)
        {
            return report with { Failure = e, Hooks = report.HasTypeInformation ? Survey() : [] };
        }
    }

    private KernelReport Try(bool? standIns)
    {
        using KernelPrograms programs = KernelPrograms.Load(standIns: standIns);
        // A port that nothing uses: the programs look at no socket while they are tried.
        programs.Object.Global<uint>("filter_by_port").Value = 1;
        programs.Attach();
        ProbeCatalog catalog = ProbeCatalog.Read();
        return this with
        {
            Probes = ProbeReport.Of(catalog),
            ProbeProblems = catalog.Problems,
            ProbeRefusal = ProbeReport.Refusal(programs.Object),
            Build = programs.Build.Title,
            RefusedBuilds = programs.RefusedBuilds,
            Hooks = programs.Hooks,
            RingBytes = programs.Object.Map("records").MaxEntries,
        };
    }

    private static ImmutableArray<HookChoice> Survey()
    {
        try
        {
            return KernelPrograms.Survey();
        }
        catch (BpfException)
        {
            return [];
        }
    }
}
