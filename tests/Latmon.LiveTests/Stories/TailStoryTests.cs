using System.Text.RegularExpressions;
using Xunit;

namespace Latmon.LiveTests.Stories;

/// <summary>A client that reads slowly, and one bad route among many: who is to blame, and who is not.</summary>
public sealed partial class TailStoryTests
{
    [Fact]
    public void A_slow_client_is_not_the_servers_fault()
    {
        using StoryScreen screen = StoryScreen.Of("client", 80, 24);
        IReadOnlyList<ScreenRow> rows = screen.WaitForRows(shown => shown.Count > 0, "a download ends");
        // What the window let through only bit by bit is the kernel's sending; the larger of both stands here.
        Assert.All(rows, row => Assert.Matches("^(client not read|Kernel TCP send)", row.What));
        Assert.InRange(rows[0].DurationMs, screen.Story.Number("at_least_ms"), double.MaxValue);
        Assert.InRange(rows[0].SharePercent, 50, 100);

        screen.Resize(120, 40);
        screen.WaitForRows(
            shown => shown.Count > 0 && shown.All(row => row.What.StartsWith("client not", StringComparison.Ordinal) || row.What.StartsWith("Kernel TCP", StringComparison.Ordinal)),
            "the same on a large terminal");
        screen.Resize(80, 24);
        LayerRow application = LayerRow.Find(screen.WaitFor(text => LayerRow.Find(text, "Application") is not null, "layers"), "Application")!;
        Assert.InRange(application.SharePercent, 0, 5);
    }

    [Fact]
    public void One_bad_route_of_forty_is_first_and_its_tail_names_the_layer()
    {
        using StoryScreen screen = StoryScreen.Of("route", 120, 40);
        string route = screen.Story.Text("route");
        double slowMs = screen.Story.Number("slow_ms");
        screen.Type("v", "v");
        string shown = screen.WaitFor(
            text => Route().Match(text) is { Success: true } first && first.Groups["name"].Value == route && Excess().IsMatch(text),
            "the bad route is the first, and its tail is explained");

        double p99Ms = ScreenRow.Milliseconds(Route().Match(shown).Groups["p99"].Value);
        Assert.InRange(p99Ms, slowMs * 0.95, slowMs * 2);
        Match excess = Excess().Match(shown);
        Assert.InRange(ScreenRow.Milliseconds(excess.Groups["blocked"].Value), slowMs * 0.7, slowMs * 1.3);
        Assert.InRange(
            ScreenRow.Milliseconds(excess.Groups["blocked"].Value) / ScreenRow.Milliseconds(excess.Groups["all"].Value), 0.6, 1.3);
    }

    [GeneratedRegex(@"^[▸* ]\s*(?<p99>[\d.]+[um]?s) (?<name>GET /report/\S+)", RegexOptions.Multiline)]
    private static partial Regex Route();

    [GeneratedRegex(@"excess (?<all>[\d.]+ms) = App: blocked (?<blocked>[\d.]+ms)")]
    private static partial Regex Excess();
}
