using System.Globalization;
using System.Text.RegularExpressions;

namespace Latmon.LiveTests.Product;

/// <summary>The last line on stderr: <c>latmon: N requests, N lost, N incomplete, N parts lost</c>; the last of them only when there are any.</summary>
public sealed partial record FinalCount(long Requests, long Lost, long Incomplete, long LostParts = 0)
{
    public static FinalCount? Find(IEnumerable<string> errors)
    {
        Match? match = errors.Select(line => Form().Match(line)).LastOrDefault(match => match.Success);
        return match is null ? null : new FinalCount(Number(match, 1), Number(match, 2), Number(match, 3), match.Groups[4].Success ? Number(match, 4) : 0);
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("^latmon: ([0-9]+) requests, ([0-9]+) lost, ([0-9]+) incomplete(?:, ([0-9]+) parts lost)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
