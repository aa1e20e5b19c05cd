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
        Assert.InRange(Moment.Now - start, 700_000_000, 5_000_000_000);
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
        string port = _nginx.Port.ToString(CultureInfo.InvariantCulture);
        using TempDirectory home = new();
        using ChildProcess shell = ChildProcess.Start(
            "/bin/sh",
            ["-c", "{ \"$0\" trace --format ndjson --port \"$1\"; echo \"exit code $?\" >&2; } | head -n 1", LatmonBinary.Path, port],
            LatmonBinary.Environment(home.Path));
        Assert.True(shell.Errors.WaitUntil(lines => lines.Count > 0, Deadline.Usual));
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        Deadline deadline = Deadline.In(Deadline.Usual);
        while (!shell.ExitsWithin(TimeSpan.FromMilliseconds(10)) && !deadline.Passed)
        {
            connection.Ask(HttpText.Get("/ok/"));
        }

        Assert.Equal(0, shell.WaitForExit(Deadline.Usual));
        Assert.Single(shell.Output.Lines);
        Assert.Equal("exit code 0", shell.Errors.Lines[^1]);
        Assert.All(shell.Errors.Lines.SkipLast(1), line => Assert.StartsWith("latmon: ", line, StringComparison.Ordinal));
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
