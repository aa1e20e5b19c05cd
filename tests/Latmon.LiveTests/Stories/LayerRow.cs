using System.Globalization;
using System.Text.RegularExpressions;

namespace Latmon.LiveTests.Stories;

/// <summary>A line of the table of layers at 80 columns: <c>~Socket wait  ██████ 90%  461ms  495ms  522ms  522ms  17.9</c>.</summary>
/// <param name="AtOnce">Requests that were in it at the same time.</param>
public sealed partial record LayerRow(int SharePercent, double P50Ms, double AtOnce)
{
    /// <summary>Null while the table has no figures for it.</summary>
    public static LayerRow? Find(string screen, string layer)
    {
        Match match = screen.Split('\n').Where(line => line.IndexOf(layer, StringComparison.Ordinal) == 2)
            .Select(line => Figures().Match(line)).FirstOrDefault(found => found.Success) ?? Match.Empty;
        return !match.Success ? null : new LayerRow(
            match.Groups["share"].Value == "<1" ? 0 : int.Parse(match.Groups["share"].Value, CultureInfo.InvariantCulture),
            ScreenRow.Milliseconds(match.Groups["p50"].Value),
            double.Parse(match.Groups["atonce"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"(?<share><?\d+)% +(?<p50>[\d.]+[num]?s) +[\d.]+[num]?s +[\d.]+[num]?s +[\d.]+[num]?s +(?<atonce>[\d.]+)$")]
    private static partial Regex Figures();
}
