using Latmon.Capture;
using Latmon.Pipeline;

namespace Latmon.Output;

/// <summary>Something that this machine keeps from latmon, and what would change that.</summary>
internal readonly record struct DoctorFinding(string Problem, string NextStep)
{
    public static IEnumerable<DoctorFinding> In(KernelReport report)
    {
        if (report.Failure is { } failure)
        {
            yield return new DoctorFinding(failure.Message, Step(report, failure));
        }

        foreach (HookChoice missed in report.Hooks.Where(hook => hook is { IsMissed: true, Boundary.IsRequired: false }))
        {
            yield return new DoctorFinding(
                $"Not seen when {missed.Boundary.Title}: {missed.Reason}; {missed.Boundary.Without}.", $"Use {missed.Boundary.Remedy}.");
        }

        if (report.ProbeRefusal is { } refusal)
        {
            yield return new DoctorFinding(
                $"The kernel takes no probes inside processes ({refusal}); there are no spans.",
                "Use Linux 5.15 or newer; latmon doctor --log FILE keeps the kernel's own reasons.");
        }
        else if (report is { Failure: null, Capabilities.MayProbeProcesses: false })
        {
            yield return new DoctorFinding(
                "This user may not put probes into processes; there are no spans.",
                "sudo latmon, or give the binary cap_sys_admin as well.");
        }

        if (!report.HasReceiveStamps)
        {
            yield return new DoctorFinding(
                $"Reading the clock ({(report.ClockSource.Length > 0 ? report.ClockSource : "unknown")}) is slow here, so packets are not stamped when they are received; {Layer.NetIngress.Id()} is unavailable.",
                "If /sys/devices/system/clocksource/clocksource0/available_clocksource names tsc, boot with clocksource=tsc.");
        }

        if (!report.IsCompiled)
        {
            yield return new DoctorFinding(
                "The kernel interprets BPF programs instead of compiling them, which makes every hook several times as dear.",
                "sysctl net.core.bpf_jit_enable=1");
        }
    }

    private static string Step(KernelReport report, CaptureException failure) => report switch
    {
        { HasTypeInformation: false } => "Boot a kernel built with CONFIG_DEBUG_INFO_BTF=y; those of the large distributions are.",
        { Lockdown: "confidentiality" } => "Boot without lockdown=confidentiality, which lets no program read kernel memory.",
        { Capabilities.AreEnough: false } => "sudo latmon doctor, or give the binary its own: setcap cap_bpf,cap_perfmon=ep latmon",
        _ => failure.Failure == CaptureFailure.NotPermitted
            ? "Run latmon outside of the container, or raise the limit: ulimit -l unlimited."
            : "latmon doctor --log FILE keeps the kernel's own reasons.",
    };
}
