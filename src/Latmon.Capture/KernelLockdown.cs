namespace Latmon.Capture;

/// <summary>How far this kernel is locked down against its own administrator (lockdown=, Secure Boot).</summary>
internal static class KernelLockdown
{
    private const string Choices = "/sys/kernel/security/lockdown";

    /// <summary><c>none</c>, <c>integrity</c>, <c>confidentiality</c>, or empty when the kernel has no such thing.</summary>
    public static string Mode => Selected(KernelText.Read(Choices));

    /// <summary>Then programs may not read the kernel's memory.</summary>
    public static bool IsConfidential => Mode == "confidentiality";

    /// <summary>The word in brackets of <c>none [integrity] confidentiality</c>.</summary>
    internal static string Selected(string choices)
    {
        int open = choices.IndexOf('[', StringComparison.Ordinal);
        int close = choices.IndexOf(']', StringComparison.Ordinal);
        return open >= 0 && close > open ? choices[(open + 1)..close] : "";
    }
}
