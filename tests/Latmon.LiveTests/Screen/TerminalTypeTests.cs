using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Screen;

/// <summary>The screen on other terminals than the usual one, and across a stop of the shell's job control.</summary>
public sealed class TerminalTypeTests
{
    [Theory]
    [InlineData("vt100")]
    [InlineData("linux")]
    [InlineData("screen-256color")]
    public void A_session_works_and_restores_the_terminal(string type)
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = TerminalSession.Start(80, 24, type);
        TerminalState before = terminal.State;
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor("freeze");
        connection.Ask(HttpText.Get("/ok/seen"));
        terminal.WaitFor("/ok/seen");
        terminal.Type("Enter");
        terminal.WaitFor("Details");
        terminal.Type("Escape");
        terminal.WaitFor("inspect");
        terminal.Type("Down", "Up", "PageDown", "End", "Home");
        terminal.WaitFor("/ok/seen");
        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
        Assert.Equal(before, terminal.State);
    }

    [Fact]
    public void Stopped_and_continued_it_gives_the_terminal_back_and_takes_it_again()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.Type("set -m", "Enter");
        TerminalState before = terminal.State;
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor("freeze");
        terminal.Type("C-z");
        terminal.WaitUntilGone("freeze");
        Assert.Equal(before, terminal.State);
        terminal.Type("clear; fg; echo it-is-o''ver", "Enter");
        terminal.WaitFor("freeze");
        connection.Ask(HttpText.Get("/ok/back"));
        terminal.WaitFor("/ok/back");
        terminal.Type("q");
        terminal.WaitFor("it-is-over");
        Assert.Equal(before, terminal.State);
    }
}
