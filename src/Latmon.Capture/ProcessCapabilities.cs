using System.Collections.Immutable;
using System.Globalization;

namespace Latmon.Capture;

/// <summary>The privileges of this process that matter here, from <c>/proc/self/status</c>.</summary>
public sealed record ProcessCapabilities(ImmutableArray<string> Held, ImmutableArray<string> Missing)
{
    /// <summary>Numbers of linux/capability.h.</summary>
    private static readonly (string Name, int Bit)[] Known =
        [("CAP_BPF", 39), ("CAP_PERFMON", 38), ("CAP_SYS_ADMIN", 21), ("CAP_SYS_RESOURCE", 24), ("CAP_NET_ADMIN", 12)];

    /// <summary>True when programs may be loaded: CAP_SYS_ADMIN holds both of the others.</summary>
    public bool AreEnough => Held.Contains("CAP_SYS_ADMIN") || (Held.Contains("CAP_BPF") && Held.Contains("CAP_PERFMON"));

    /// <summary>perf_event_open() asks for it where perf_event_paranoid is 3, as on Debian, and newer kernels do everywhere.</summary>
    public bool MayProbeProcesses => Held.Contains("CAP_SYS_ADMIN");

    public static ProcessCapabilities OfThisProcess()
    {
        ulong effective = Parse(File.ReadLines("/proc/self/status"));
        return new ProcessCapabilities(
            [.. Known.Where(known => IsSet(effective, known.Bit)).Select(known => known.Name)],
            [.. Known.Where(known => !IsSet(effective, known.Bit)).Select(known => known.Name)]);
    }

    /// <summary>The line <c>CapEff: 000001ffffffffff</c>.</summary>
    internal static ulong Parse(IEnumerable<string> status)
    {
        const string Label = "CapEff:";
        string? line = status.FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
        return line is not null
            && ulong.TryParse(line.AsSpan(Label.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong bits)
            ? bits
            : 0;
    }

    private static bool IsSet(ulong bits, int bit) => (bits >> bit & 1) != 0;
}
