using System.Globalization;
using System.Text.RegularExpressions;

namespace Latmon.LiveTests.Stories;

/// <summary>A request as the list shows it: <c>344ms 200 GET /checkout  96% lock wait: UPDATE…</c>.</summary>
/// <param name="What">From the words behind the share to the end of the line, with what stands beside the list.</param>
public sealed partial record ScreenRow(double DurationMs, string Request, int SharePercent, string What)
{
    /// <summary>The rows of a list of requests, as they stand, the first on top.</summary>
    public static IReadOnlyList<ScreenRow> In(string screen) =>
    [
        .. screen.Split('\n').Select(line => Row().Match(line)).Where(match => match.Success).Select(match => new ScreenRow(
            Milliseconds(match.Groups["duration"].Value),
            match.Groups["request"].Value,
            int.Parse(match.Groups["share"].Value, CultureInfo.InvariantCulture),
            match.Groups["what"].Value)),
    ];

    /// <summary>What the product prints for a time, in milliseconds.</summary>
    public static double Milliseconds(string time)
    {
        (double scale, int unit) = time switch
        {
            [.., 'n', 's'] => (1e-6, 2),
            [.., 'u', 's'] => (1e-3, 2),
            [.., 'm', 's'] => (1, 2),
            _ => (1e3, 1),
        };
        return double.Parse(time.AsSpan(0, time.Length - unit), CultureInfo.InvariantCulture) * scale;
    }

    [GeneratedRegex(@"^[▸* ]\s*(?<duration>[\d.]+(?:ns|us|ms|s)) +(?:\d{3}|-) +(?:! )?(?:R\d+(?:\+\S+)? )?(?<request>GET \S+) +(?<share>\d+)% (?<what>.*)$")]
    private static partial Regex Row();
}
