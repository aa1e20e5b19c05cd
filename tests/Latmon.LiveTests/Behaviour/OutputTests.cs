using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Behaviour;

/// <summary>When lines come, when they end, and what happens when nobody reads them.</summary>
public sealed class OutputTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private readonly NginxServer _nginx = shared.Server;

    [Fact]
    public void A_line_comes_while_latmon_runs()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        for (int i = 1; i <= 5; i++)
        {
            connection.Ask(HttpText.Get("/ok/"));
            latmon.WaitFor(i, TimeSpan.FromSeconds(2));
        }

        latmon.Finish(5);
    }

    [Theory]
    [InlineData(Signal.Interrupt)]
    [InlineData(Signal.Terminate)]
    public void A_signal_right_after_the_answer_does_not_lose_the_last_lines(int signal)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        for (int i = 0; i < 23; i++)
        {
            connection.Ask(HttpText.Get($"/ok/{i}"));
        }

        Assert.Equal(Enumerable.Range(0, 23).Select(i => $"/ok/{i}"), latmon.Stop(signal).Paths);
    }

    [Fact]
    public void It_ends_by_itself_after_the_wanted_number()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port, "--count", "3");
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        for (int i = 0; i < 10; i++)
        {
            connection.Ask(HttpText.Get($"/ok/{i}"));
        }

        Assert.Equal(["/ok/0", "/ok/1", "/ok/2"], latmon.End(Deadline.Usual).Paths);
    }

    [Fact]
    public void It_ends_by_itself_after_the_wanted_time()
    {
        long start = Moment.Now;
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port, "--for", "700ms");
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Get("/ok/"));
        Assert.Equal("/ok/", latmon.End(Deadline.Usual).Only.UrlPath);
        Assert.InRange(Moment.Now - start, 700_000_000, Emulation.Allow(5_000_000_000));
    }

    [Fact]
    public void Nothing_to_report_is_an_empty_output_and_a_final_count()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        Assert.Equal(new FinalCount(0, 0, 0), latmon.Stop().Count);
    }

    [Fact]
    public void A_reader_that_has_seen_enough_ends_it_quietly()
    {
        // What a shell makes of `latmon trace | head -1`, with a named pipe so that both ends are children of this test.
        using TempDirectory directory = new();
        ChildProcess.Run("/usr/bin/mkfifo", directory["pipe"]);
        using ChildProcess head = ChildProcess.Start("/usr/bin/head", ["-n", "1", directory["pipe"]]);
        using LatmonTrace latmon = LatmonTrace.IntoFile(directory["pipe"], _nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        Deadline deadline = Deadline.In(Deadline.Usual);
        while (!latmon.ExitsWithin(TimeSpan.FromMilliseconds(10)))
        {
            Assert.False(deadline.Passed, "latmon goes on although nobody can read what it writes.");
            connection.Ask(HttpText.Get("/ok/"));
        }

        FinishedRun run = latmon.EndUnchecked();
        Assert.Equal(0, head.WaitForExit(Deadline.Usual));
        Assert.Single(head.Output.Lines);
        Assert.Equal(0, run.ExitCode);
        Assert.All(run.Errors, line => Assert.StartsWith("latmon: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_of_text_names_method_path_and_status()
    {
        string port = _nginx.Port.ToString(CultureInfo.InvariantCulture);
        using TempDirectory home = new();
        using ChildProcess latmon = ChildProcess.Start(
            LatmonBinary.Path, ["trace", "--port", port, "--format", "text", "--count", "1"], LatmonBinary.Environment(home.Path));
        Assert.True(latmon.Errors.WaitUntil(lines => lines.Count > 0, Deadline.Usual));
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Get("/missing/text"));
        Assert.Equal(0, latmon.WaitForExit(Deadline.Usual));
        string line = string.Join('\n', latmon.Output.Lines);
        Assert.Contains("GET /missing/text", line, StringComparison.Ordinal);
        Assert.Contains("404", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_file_holds_what_does_not_belong_on_the_terminal()
    {
        using TempDirectory directory = new();
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port, "--log", directory["latmon.log"]);
        latmon.Stop();
        Assert.True(File.Exists(directory["latmon.log"]));
    }
}
