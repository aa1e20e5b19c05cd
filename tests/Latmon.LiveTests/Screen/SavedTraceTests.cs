using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Screen;

/// <summary>From the live screen to a file, and from the file to the screen of somebody else.</summary>
public sealed class SavedTraceTests
{
    [Fact]
    public void A_request_saved_on_the_screen_opens_on_the_screen()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor("freeze");
        connection.Ask(HttpText.Get("/ok/kept"));
        terminal.WaitFor("/ok/kept");
        terminal.Type("w");
        terminal.WaitFor("saved 1 request");
        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
        string saved = Assert.Single(Directory.GetFiles(terminal.File("."), "latmon-*.ndjson"));

        terminal.StartLatmon($"open {Path.GetFileName(saved)}");
        terminal.WaitFor("FILE latmon-");
        terminal.WaitFor("/ok/kept");
        terminal.Type("Enter");
        terminal.WaitFor("Whole request");
        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
    }

    [Theory]
    [InlineData("{\"role\":\"server\"}\n", "line 1 is no trace (id is missing); correct or remove that line.", 1)]
    [InlineData("\n\nnothing\n", "line 3 is no trace (it is not JSON); correct or remove that line.", 1)]
    [InlineData("", "holds no trace; save some with w on the screen or latmon trace --format ndjson.", 1)]
    [InlineData(null, "cannot be read; name a file of saved traces.", 2)]
    public void A_file_that_cannot_be_shown_is_one_sentence(string? content, string sentence, int exitCode)
    {
        using TempDirectory directory = new();
        if (content is not null)
        {
            File.WriteAllText(directory["saved"], content);
        }

        FinishedRun run = LatmonBinary.Run("open", directory["saved"]);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.EndsWith(sentence, Assert.Single(run.Errors));
        Assert.Empty(run.Output);
    }
}
