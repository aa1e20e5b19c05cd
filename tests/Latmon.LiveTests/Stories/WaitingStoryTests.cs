using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Latmon.LiveTests.Stories;

/// <summary>Too few workers, too little CPU, and an application that stands still: three kinds of waiting, told apart.</summary>
public sealed partial class WaitingStoryTests
{
    [Fact]
    public void A_worker_pool_too_small_is_socket_wait_and_the_queue_has_its_length()
    {
        using StoryScreen screen = StoryScreen.Of("pool", 80, 24);
        double waiting = screen.Story.Number("waiting");
        string shown = screen.WaitFor(
            text => LayerRow.Find(text, "Socket wait") is { } queue && Math.Abs(queue.AtOnce - waiting) <= 1.5,
            "as many wait as there are clients without a worker");

        Assert.InRange(LayerRow.Find(shown, "Socket wait")!.SharePercent, 75, 100);
        LayerRow application = LayerRow.Find(shown, "Application")!;
        Assert.InRange(application.P50Ms, screen.Story.Number("handler_ms") * 0.95, screen.Story.Number("handler_ms") * 2);
        Assert.InRange(application.AtOnce, 1, 3);
    }

    [Fact]
    public void Waiting_for_a_CPU_is_neither_running_nor_blocked()
    {
        using StoryScreen screen = StoryScreen.Of("quota", 120, 40);
        screen.WaitForRows(rows => rows.Count > 10 && rows.Count(WaitsForCpu) > rows.Count / 2, "the slowest wait for a CPU");
        screen.Resize(80, 24);
        screen.WaitForRows(rows => rows.Count is > 3 and < 12 && rows.Count(WaitsForCpu) > rows.Count / 2, "they do on a small terminal");
        screen.Resize(120, 40);
        screen.WaitForRows(rows => rows.Count >= 12, "the large one again");
        IReadOnlyList<ScreenRow> frozen = screen.Freeze();
        screen.Type([.. Enumerable.Repeat("Down", frozen.TakeWhile(row => !WaitsForCpu(row)).Count()), "z", "Enter"]);
        string waterfall = screen.WaitFor(text => CpuSplit().IsMatch(text), "the waterfall splits the application's time");

        // Of the CPU that it shares with others it gets a part, so it waits longer than it runs; what it runs is its work.
        Match cpu = CpuSplit().Match(waterfall);
        double runningMs = ScreenRow.Milliseconds(cpu.Groups["running"].Value);
        double waitingMs = ScreenRow.Milliseconds(cpu.Groups["waiting"].Value);
        double blockedMs = ScreenRow.Milliseconds(cpu.Groups["blocked"].Value);
        double workMs = screen.Story.Number("work_ms");
        Assert.InRange(runningMs, workMs, workMs * 2.5);
        Assert.True(waitingMs > runningMs * 2 && waitingMs > blockedMs, waterfall);
    }

    [Fact]
    public void An_application_that_stands_still_is_a_rhythm_and_all_wait_at_the_same_moment()
    {
        using StoryScreen screen = StoryScreen.Of("pause", 120, 40, new Dictionary<string, string?> { ["PAUSE_EVERY_S"] = "3" });
        double everySeconds = screen.Story.Number("every_s");
        double pausedMs = screen.Story.Number("paused_ms");
        screen.WaitForRows(rows => rows.Count > 3 && rows[3].DurationMs > pausedMs / 2, "several requests are slow");
        screen.Type("m");
        string map = screen.WaitFor(text => Rhythm().IsMatch(text), "the map tells the rhythm");
        Assert.InRange(double.Parse(Rhythm().Match(map).Groups["every"].Value, CultureInfo.InvariantCulture), everySeconds - 0.4, everySeconds + 1);

        // One of those moments: every client was waiting, for as long as the application stood still.
        screen.Freeze();
        screen.Type("a");
        screen.WaitFor(text => text.Contains("Kept requests of ", StringComparison.Ordinal), "the moment's requests are listed");
        IReadOnlyList<ScreenRow> slow = [.. screen.WaitForRows(rows => rows.Count > 0, "rows").Where(row => row.DurationMs > pausedMs / 2)];
        Assert.InRange(slow.Count, screen.Story.Number("clients") - 1, screen.Story.Number("clients"));
        Assert.All(slow, row => Assert.InRange(row.DurationMs, pausedMs * 0.7, pausedMs + 200));
        Assert.All(slow, row => Assert.True(StandsStill(row), row.ToString()));
    }

    private static bool WaitsForCpu(ScreenRow row) =>
        row.What.StartsWith("App: waits for CPU", StringComparison.Ordinal) && row.SharePercent >= 50;

    /// <summary>Caught before or after it read the request.</summary>
    private static bool StandsStill(ScreenRow row) => row.SharePercent >= 70
        && (row.What.StartsWith("Socket wait", StringComparison.Ordinal) || row.What.StartsWith("App: blocked", StringComparison.Ordinal));

    [GeneratedRegex(@"running (?<running>[\d.]+[num]?s) +\S waiting for a CPU (?<waiting>[\d.]+[num]?s) +\S blocked (?<blocked>[\d.]+[num]?s)")]
    private static partial Regex CpuSplit();

    [GeneratedRegex(@"slow every (?<every>[\d.]+)s \(\d+ times\)")]
    private static partial Regex Rhythm();
}
