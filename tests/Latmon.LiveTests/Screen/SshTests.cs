using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Screen;

/// <summary>The screen where it is mostly used: at the other end of an SSH connection.</summary>
public sealed class SshTests
{
    private const string CanFreeze = "freeze";
    private const int KilledByHangup = 129;

    [Fact]
    public void A_session_over_ssh_works_and_restores_the_terminal()
    {
        using NginxServer nginx = NginxServer.Start();
        using SshServer ssh = SshServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.LogIn(ssh);
        TerminalState before = terminal.State;
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor(CanFreeze);
        connection.Ask(HttpText.Get("/ok/far"));
        terminal.WaitFor("/ok/far");
        terminal.Type("Enter");
        terminal.WaitFor("Whole request");
        terminal.Type("Space");
        terminal.WaitFor("PAUSED");
        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
        Assert.Equal(before, terminal.State);
    }

    [Fact]
    public void The_connection_that_carries_the_terminal_is_left_out()
    {
        using SshServer ssh = SshServer.Start();
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.LogIn(ssh);
        string own = terminal.Ask("$SSH_CONNECTION").Split(' ')[1];
        terminal.StartLatmon(ssh.Port);
        terminal.WaitFor(CanFreeze);
        terminal.Type("v", "v", "v", "v", "V", "V", "V", "V");
        ssh.Visit();
        terminal.WaitFor("sshd:");
        terminal.Type("v", "v", "v", "v");
        terminal.WaitFor("Connections (1)");
        terminal.Type("Up", "Down", "Up", "Down", "Space");
        terminal.WaitFor("PAUSED");
        Assert.DoesNotContain($"127.0.0.1:{own}", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("Connections (1)", terminal.Screen, StringComparison.Ordinal);
        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
    }

    [Theory]
    [InlineData(Signal.Terminate, 0)]
    [InlineData(Signal.HangUp, KilledByHangup)]
    public void A_signal_restores_the_terminal_at_the_other_end(int signal, int exitCode)
    {
        using NginxServer nginx = NginxServer.Start();
        using SshServer ssh = SshServer.Start();
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.LogIn(ssh);
        TerminalState before = terminal.State;
        int pid = terminal.StartLatmon(nginx.Port);
        terminal.WaitFor(CanFreeze);
        Signal.Send(pid, signal);
        terminal.WaitForEnd(exitCode);
        Assert.Equal(before, terminal.State);
    }

    [Fact]
    public void Stopped_and_continued_over_ssh_it_gives_the_terminal_back_and_takes_it_again()
    {
        using NginxServer nginx = NginxServer.Start();
        using SshServer ssh = SshServer.Start();
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.LogIn(ssh);
        terminal.Type("set -m", "Enter");
        TerminalState before = terminal.State;
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor(CanFreeze);
        terminal.Type("C-z");
        terminal.WaitUntilGone(CanFreeze);
        Assert.Equal(before, terminal.State);
        terminal.Type("clear; fg; echo it-is-o''ver", "Enter");
        terminal.WaitFor(CanFreeze);
        terminal.Type("q");
        terminal.WaitFor("it-is-over");
        Assert.Equal(before, terminal.State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("trap '' HUP; ")]
    public void A_closed_connection_ends_it(string ignoring)
    {
        using NginxServer nginx = NginxServer.Start();
        using SshServer ssh = SshServer.Start();
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        int client = terminal.LogIn(ssh);
        terminal.Type($"{ignoring}echo fore''warned", "Enter");
        terminal.WaitFor("forewarned");
        int pid = terminal.StartLatmon(nginx.Port);
        terminal.WaitFor(CanFreeze);
        Signal.Send(client, Signal.Kill);

        Deadline deadline = Deadline.In(Deadline.Usual);
        while (Directory.Exists($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}") && !deadline.Passed)
        {
            _ = Thread.Yield();
        }

        Assert.False(Directory.Exists($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}"), "latmon runs on without its terminal.");
    }

    [Fact]
    public void In_gnu_screen_it_works_and_restores_the_terminal()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.EnterScreen();
        TerminalState before = terminal.State;
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor(CanFreeze);
        connection.Ask(HttpText.Get("/ok/seen"));
        terminal.WaitFor("/ok/seen");
        terminal.Type("Down", "Up", "Enter");
        terminal.WaitFor("Whole request");
        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
        Assert.Equal(before, terminal.State);
    }
}
