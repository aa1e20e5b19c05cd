using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Latmon.Capture.Tests.Probes;

/// <summary>One place of a statically defined probe, in the words of <c>readelf -n</c>.</summary>
internal sealed partial record MarkText(string Name, ulong Address, string Arguments)
{
    public static IReadOnlyList<MarkText> ReadAll(string path)
    {
        using Process readelf = Process.Start(new ProcessStartInfo("readelf", ["-n", path]) { RedirectStandardOutput = true })!;
        string text = readelf.StandardOutput.ReadToEnd();
        readelf.WaitForExit();
        return [.. Note().Matches(text).Select(note => new MarkText(
            note.Groups["name"].Value,
            ulong.Parse(note.Groups["at"].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            note.Groups["arguments"].Value.Trim()))];
    }

    [GeneratedRegex(@"Name: (?<name>\S+)\s+Location: 0x(?<at>[0-9a-f]+), Base: \S+ Semaphore: \S+\s+Arguments:(?<arguments>[^\n]*)")]
    private static partial Regex Note();
}
