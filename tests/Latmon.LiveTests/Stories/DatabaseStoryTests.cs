using System.Text.RegularExpressions;
using Xunit;

namespace Latmon.LiveTests.Stories;

/// <summary>A row lock, and a page of many small statements: what the list says, and the waterfall one key further.</summary>
public sealed partial class DatabaseStoryTests
{
    private const string Lock = "lock wait: UP";
    private const string Small = "60x SELECT article";

    /// <summary>The few slowest of them are often so because one statement had no CPU for a while.</summary>
    private const int Pages = 20;

    [Fact]
    public void A_row_lock_is_told_with_its_statement_and_its_time()
    {
        using StoryScreen screen = StoryScreen.Of("lock", 120, 40);
        double heldMs = screen.Story.Number("held_ms");

        // Those that waited are the slowest, share one statement and waited for as long as the row was held. What waited before
        // latmon came is told without its cause.
        screen.WaitForRows(rows => TellLock(rows, heldMs), "the slowest wait for a lock");
        screen.Resize(80, 24);
        screen.WaitForRows(rows => rows.Count < 12 && TellLock(rows, heldMs), "they do on a small terminal");
        screen.Resize(120, 40);
        screen.WaitForRows(rows => rows.Count >= 12 && TellLock(rows, heldMs), "they do on the large one");
        IReadOnlyList<ScreenRow> rows = screen.Freeze();
        screen.Type([.. Enumerable.Repeat("Down", rows.TakeWhile(row => !IsLock(row, heldMs)).Count()), "z", "Enter"]);
        string waterfall = screen.WaitFor(text => LockBar().IsMatch(text), "the waterfall has a bar for the lock");
        Assert.InRange(ScreenRow.Milliseconds(LockBar().Match(waterfall).Groups["time"].Value), heldMs - 100, heldMs + 150);
        Assert.Contains("lock wait: UPDATE stock", waterfall);

        screen.SaveAndOpen();
        screen.WaitForRows(saved => TellLock(saved, heldMs), "the saved ones tell the same");
    }

    [Fact]
    public void Many_small_statements_are_one_line_and_none_of_them_is_long()
    {
        using StoryScreen screen = StoryScreen.Of("queries", 80, 60);
        Assert.Equal(60, screen.Story.Number("statements"));
        screen.WaitForRows(shown => shown.Count > Pages && shown.Count(IsSmall) > shown.Count / 2, "the slowest are pages of sixty statements");
        OpenLastSmall(screen, screen.Freeze());
        AssertSmall(screen.WaitFor(text => Longest().IsMatch(text), "the waterfall says how long the longest is"));

        screen.SaveAndOpen();
        OpenLastSmall(
            screen,
            screen.WaitForRows(saved => saved.Count > Pages && saved.Count(IsSmall) > saved.Count / 2, "the saved ones tell the same"));
        AssertSmall(screen.WaitFor(text => Longest().IsMatch(text), "the saved waterfall says how long the longest is"));
    }

    private static bool TellLock(IReadOnlyList<ScreenRow> rows, double heldMs)
    {
        ScreenRow[] slow = [.. rows.Where(row => row.DurationMs > heldMs / 2)];
        return slow.Count(row => IsLock(row, heldMs)) >= 4 && slow.All(row => row.What.Contains("UP", StringComparison.Ordinal));
    }

    private static bool IsLock(ScreenRow row, double heldMs) =>
        row.What.StartsWith(Lock, StringComparison.Ordinal) && row.SharePercent >= 80
        && row.DurationMs >= heldMs - 100 && row.DurationMs <= heldMs + 250;

    private static bool IsSmall(ScreenRow row) => row.What.StartsWith(Small, StringComparison.Ordinal) && row.SharePercent >= 50;

    private static void OpenLastSmall(StoryScreen screen, IReadOnlyList<ScreenRow> rows) =>
        screen.Type([.. Enumerable.Repeat("Down", rows.Count - 1 - rows.Reverse().TakeWhile(row => !IsSmall(row)).Count()), "Enter"]);

    private static void AssertSmall(string waterfall)
    {
        Match told = Longest().Match(waterfall);
        Match bar = SmallBar().Match(waterfall);
        Assert.True(bar.Success, waterfall);
        double sumMs = ScreenRow.Milliseconds(bar.Groups["sum"].Value);
        double longestMs = ScreenRow.Milliseconds(told.Groups["longest"].Value);
        Assert.InRange(longestMs, sumMs / 60, sumMs / 3);
    }

    [GeneratedRegex(@"lock wait +(?<time>[\d.]+ms)")]
    private static partial Regex LockBar();

    [GeneratedRegex(@"\d+% 60x SELECT article \(longest (?<longest>[\d.]+[um]s)\)")]
    private static partial Regex Longest();

    [GeneratedRegex(@"60x SELECT a\S* +(?<sum>[\d.]+ms)")]
    private static partial Regex SmallBar();
}
