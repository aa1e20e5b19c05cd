using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Latmon.Capture;

/// <summary>
/// The id of a container (OpenTelemetry's <c>container.id</c>) in what <c>/proc/PID/cgroup</c> says, which is where the runtimes put
/// it: docker, containerd, podman and CRI-O as 64 hexadecimal digits, alone or as <c>docker-ID.scope</c>; systemd as the name of a
/// machine.
/// </summary>
internal static partial class ContainerId
{
    /// <param name="cgroups">One line for each hierarchy, <c>0::/system.slice/docker-ID.scope</c>; before version 2 a dozen.</param>
    public static string? In(string cgroups)
    {
        foreach (string line in cgroups.Split('\n'))
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length == 3 && OfPath(fields[2]) is { } id)
            {
                return id;
            }
        }

        return null;
    }

    /// <summary>The innermost container: one may run in another.</summary>
    private static string? OfPath(string path)
    {
        foreach (string part in path.Split('/').Reverse())
        {
            if (Hexadecimal().Match(part) is { Success: true } id)
            {
                return id.Groups["id"].Value;
            }

            if (Machine().Match(part) is { Success: true } machine)
            {
                return Unescaped(machine.Groups["name"].Value);
            }
        }

        return null;
    }

    /// <summary>systemd writes what a unit's name may not hold as <c>\x2d</c>.</summary>
    private static string Unescaped(string name)
    {
        StringBuilder text = new(Escape().Replace(
            name, escape => ((char)int.Parse(escape.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = text[i] is >= ' ' and <= '~' ? text[i] : '?';
        }

        return text.ToString();
    }

    /// <summary>A runtime's monitor, <c>conmon</c>, lives beside the container in a scope of a similar name.</summary>
    [GeneratedRegex(@"^(?!.*conmon-)(?:.*[-:])?(?<id>[0-9a-f]{64})(?:\.scope|\.service)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"^(?:machine-(?<name>.+)\.scope|systemd-nspawn@(?<name>.+)\.service)$", RegexOptions.CultureInvariant)]
    private static partial Regex Machine();

    [GeneratedRegex(@"\\x[0-9a-f]{2}", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
