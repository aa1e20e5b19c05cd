using System.IO.Compression;

namespace Latmon.Capture;

/// <summary>
/// Whether this kernel takes the CPU from a thread that is at work inside it, and so inside a program, which is left out there
/// until that thread goes on.
/// </summary>
internal static class KernelPreemption
{
    public const string Unknown = "";

    private const string Choices = "/sys/kernel/debug/sched/preempt";

    /// <summary>What <c>preempt=</c> and the configuration call the modes, by the configuration's names.</summary>
    private static readonly (string Option, string Mode)[] Options =
    [
        ("CONFIG_PREEMPT_NONE=y", "none"), ("CONFIG_PREEMPT_VOLUNTARY=y", "voluntary"), ("CONFIG_PREEMPT_LAZY=y", "lazy"), ("CONFIG_PREEMPT=y", "full"),
    ];

    /// <summary><c>none</c>, <c>voluntary</c>, <c>lazy</c>, <c>full</c>, <c>rt</c>, or <see cref="Unknown"/>.</summary>
    public static string Mode { get; } = Find(
        KernelText.Read("/proc/sys/kernel/version"), KernelText.Read(Choices), KernelText.Read("/proc/cmdline"), Configuration);

    /// <summary>One that cannot be found out is taken for the worse one: what goes unseen would be missing without a word.</summary>
    public static bool ReachesPrograms(string mode) => mode is not ("none" or "voluntary");

    /// <param name="version">As <c>uname -v</c> says it.</param>
    /// <param name="choices">Of the scheduler, the one in force in parentheses; only root may read it, where debugfs is mounted.</param>
    /// <param name="commandLine">The kernel's.</param>
    /// <param name="configuration">It was built with; long, and asked for only where nothing else tells.</param>
    internal static string Find(string version, string choices, string commandLine, Func<string> configuration)
    {
        string[] words = version.Split(' ');
        if (words.Contains("PREEMPT_RT"))
        {
            return "rt";
        }

        if (!words.Contains("PREEMPT_DYNAMIC"))
        {
            return words.Contains("PREEMPT") ? "full" : "none";
        }

        if (choices.Split(['(', ')']) is [_, var selected, ..])
        {
            return selected;
        }

        string? wished = commandLine.Split([' ', '\n']).LastOrDefault(word => word.StartsWith("preempt=", StringComparison.Ordinal))?[8..];
        if (Options.Any(option => option.Mode == wished))
        {
            return wished!;
        }

        string[] built = configuration().Split('\n');
        return Options.FirstOrDefault(option => built.Contains(option.Option)).Mode ?? Unknown;
    }

    /// <summary>Compressed in the kernel itself, or beside its image.</summary>
    private static string Configuration()
    {
        try
        {
            using GZipStream compressed = new(File.OpenRead("/proc/config.gz"), CompressionMode.Decompress);
            using StreamReader text = new(compressed);
            return text.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return KernelText.Read($"/boot/config-{KernelText.Read("/proc/sys/kernel/osrelease")}");
        }
    }
}
