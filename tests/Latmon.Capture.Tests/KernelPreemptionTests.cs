namespace Latmon.Capture.Tests;

/// <summary>What the kernel says of how it was built and started tells how it preempts itself.</summary>
public sealed class KernelPreemptionTests
{
    private const string Fixed = "#1 SMP Debian 5.10.223-1 (2024-08-10)";
    private const string Dynamic = "#1 SMP PREEMPT_DYNAMIC Debian 7.2.13-1 (2026-10-28)\n";
    private const string Configuration = "CONFIG_PREEMPT_BUILD=y\nCONFIG_PREEMPT_VOLUNTARY=y\n# CONFIG_PREEMPT is not set\nCONFIG_PREEMPT_DYNAMIC=y\n";

    [Theory]
    [InlineData(Fixed, "", "", "", "none")]
    [InlineData("#1 SMP PREEMPT_RT Debian 6.12.9-1", "none", "", "", "rt")]
    [InlineData("#1 SMP PREEMPT Tue", "", "preempt=none", "", "full")]
    [InlineData(Dynamic, "none voluntary (full) lazy \n", "preempt=none", Configuration, "full")]
    [InlineData(Dynamic, "full (lazy) \n", "", "", "lazy")]
    [InlineData(Dynamic, "", "quiet preempt=full preempt=none\n", Configuration, "none")]
    [InlineData(Dynamic, "", "quiet preempt=sideways\n", Configuration, "voluntary")]
    [InlineData(Dynamic, "", "quiet\n", "CONFIG_PREEMPT_LAZY=y\n", "lazy")]
    [InlineData(Dynamic, "", "", "", KernelPreemption.Unknown)]
    [InlineData("", "", "", "", "none")]
    public void The_mode_in_force_is_found(string version, string choices, string commandLine, string configuration, string mode) =>
        Assert.Equal(mode, KernelPreemption.Find(version, choices, commandLine, () => configuration));

    [Theory]
    [InlineData("none", false)]
    [InlineData("voluntary", false)]
    [InlineData("lazy", true)]
    [InlineData("full", true)]
    [InlineData("rt", true)]
    [InlineData(KernelPreemption.Unknown, true)]
    public void What_is_not_known_is_taken_for_the_worse(string mode, bool reaches) =>
        Assert.Equal(reaches, KernelPreemption.ReachesPrograms(mode));
}
