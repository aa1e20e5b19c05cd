using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Screen;

/// <summary>Keys, mouse reports and pasted text that arrive byte by byte, as over a bad link.</summary>
public sealed class SplitInputTests
{
    /// <summary>Longer than the 50 ms in which most programs take an Esc for a key of its own.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(80);

    [Theory]
    [InlineData("\u001b[B")]
    [InlineData("\u001bOB")]
    [InlineData("\u001b[6~")]
    public void A_key_that_comes_in_pieces_is_that_key(string sequence)
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = StartWithTwoRequests(nginx, connection);
        terminal.TypeSlowly(sequence, Pause);
        terminal.WaitUntil(IsOnSecondRow, "the cursor is on the second row");
        AssertNothingElseHappened(terminal);
    }

    [Fact]
    public void A_click_that_comes_in_pieces_is_a_click()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = StartWithTwoRequests(nginx, connection);
        int row = Array.FindIndex(terminal.Screen.Split('\n'), line => line.Contains("200 GET /ok/", StringComparison.Ordinal)) + 2;
        terminal.TypeSlowly($"\u001b[<0;20;{row}M\u001b[<0;20;{row}m", Pause);
        terminal.WaitUntil(IsOnSecondRow, "the cursor is on the second row");
        AssertNothingElseHappened(terminal);
    }

    [Fact]
    public void Pasted_text_that_comes_in_pieces_is_pasted_and_no_command()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = StartWithTwoRequests(nginx, connection);
        terminal.TypeSlowly("\u001b[200~q", Pause);
        terminal.TypeSlowly("MxX\u001b[201~", Pause);
        AssertNothingElseHappened(terminal);
        terminal.Type("/");
        terminal.WaitFor("apply");
        terminal.TypeSlowly("\u001b[200~path:*two\u001b[201~", Pause);
        terminal.WaitFor(" path:*two ");
    }

    private static TerminalSession StartWithTwoRequests(NginxServer nginx, HttpConnection connection)
    {
        TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor("freeze");
        connection.Ask(HttpText.Get("/ok/one"));
        connection.Ask(HttpText.Get("/ok/two"));
        terminal.WaitFor("/ok/one");
        terminal.WaitFor("/ok/two");
        return terminal;
    }

    private static bool IsOnSecondRow(string screen)
    {
        string[] rows = [.. screen.Split('\n').Where(line => line.Contains("200 GET /ok/", StringComparison.Ordinal))];
        return rows.Length == 2 && rows[1].StartsWith('▸');
    }

    /// <summary>Not frozen, mouse on, no pane hidden, no line open, and it still runs.</summary>
    private static void AssertNothingElseHappened(TerminalSession terminal)
    {
        string screen = terminal.Screen;
        Assert.Contains("LIVE", screen, StringComparison.Ordinal);
        Assert.Contains("freeze", screen, StringComparison.Ordinal);
        Assert.Contains("Layers", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("mouse:", screen, StringComparison.Ordinal);
    }
}
