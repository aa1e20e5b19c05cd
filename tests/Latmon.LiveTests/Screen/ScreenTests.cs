using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Screen;

/// <summary>The live screen in a real terminal, from the first key to the restored prompt.</summary>
public sealed class ScreenTests
{
    // Words of the hint line: they say in which state the screen is.
    private const string CanFreeze = "freeze";
    private const string IsFrozen = "go live";
    private const string CanInspect = "inspect";
    private const string IsInspecting = "next";
    private const string IsFiltering = "apply";

    [Fact]
    public void A_session_shows_freezes_inspects_filters_and_quits()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        TerminalState before = terminal.State;
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor(CanFreeze);
        connection.Ask(HttpText.Get("/ok/first"));
        terminal.WaitFor("/ok/first");

        terminal.Type("Space");
        terminal.WaitFor(IsFrozen);
        connection.Ask(HttpText.Get("/ok/second"));
        terminal.Type("Space");
        terminal.WaitFor("/ok/second");

        terminal.Type("Enter");
        terminal.WaitFor(IsInspecting);
        terminal.WaitFor("Application");
        terminal.Type("Escape");
        terminal.WaitFor(CanInspect);

        terminal.Type("/");
        terminal.WaitFor(IsFiltering);
        // A slow machine may have taken longer to come here than the screen looks back.
        connection.Ask(HttpText.Get("/ok/second"));
        terminal.Type("path:*second", "Enter");
        terminal.WaitUntilGone("/ok/first");
        terminal.WaitFor("/ok/second");

        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
        Assert.Equal(before, terminal.State);
    }

    [Fact]
    public void A_port_typed_on_the_screen_decides_what_is_captured_from_then_on()
    {
        using NginxServer first = NginxServer.Start();
        using NginxServer second = NginxServer.Start();
        using HttpConnection toFirst = HttpConnection.Open(first.Port);
        using HttpConnection toSecond = HttpConnection.Open(second.Port);
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.StartLatmon(first.Port);
        terminal.WaitFor(CanFreeze);
        toSecond.Ask(HttpText.Get("/ok/unseen"));
        toFirst.Ask(HttpText.Get("/ok/first"));
        terminal.WaitFor("/ok/first");
        Assert.DoesNotContain("/ok/unseen", terminal.Screen, StringComparison.Ordinal);

        terminal.Type("/", "C-u", $"port:{second.Port}", "Enter");
        terminal.WaitFor($"filter: port:{second.Port}");
        toFirst.Ask(HttpText.Get("/ok/late"));
        toSecond.Ask(HttpText.Get("/ok/second"));
        terminal.WaitFor("/ok/second");
        Assert.DoesNotContain("/ok/late", terminal.Screen, StringComparison.Ordinal);
        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
    }

    [Fact]
    public void While_its_probes_attach_a_line_says_so_and_goes()
    {
        using NginxServer nginx = NginxServer.Start();
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        string output = terminal.Record();
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor("No finished request yet");
        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
        Assert.Contains("loading and attaching its probes", File.ReadAllText(output), StringComparison.Ordinal);
        Assert.DoesNotContain("loading", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_typed_into_the_filter_is_chosen_by_the_kernel()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor(CanFreeze);
        string port = string.Create(CultureInfo.InvariantCulture, $"port:{nginx.Port}");
        terminal.Type("/", "C-u", $"{port} proc:somebody-else", "Enter");
        terminal.WaitFor($"filter: {port} proc:somebody-else");
        connection.Ask(HttpText.Get("/ok/unseen"));
        terminal.Type("/", "C-u", $"{port} proc:nginx", "Enter");
        terminal.WaitFor($"filter: {port} proc:nginx");
        connection.Ask(HttpText.Get("/ok/seen"));
        terminal.WaitFor("/ok/seen");
        Assert.DoesNotContain("/ok/unseen", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Escape_never_quits()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = TerminalSession.Start(100, 30);
        terminal.StartLatmon(nginx.Port);
        terminal.WaitFor(CanFreeze);
        terminal.Type("Escape", "Escape", "Escape");
        connection.Ask(HttpText.Get("/ok/still/here"));
        terminal.WaitFor("/ok/still/here");
        terminal.Type("Escape", "q");
        terminal.WaitForEnd(exitCode: 0);
    }

    [Theory]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    public void A_signal_restores_the_terminal(int signal)
    {
        using NginxServer nginx = NginxServer.Start();
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        TerminalState before = terminal.State;
        int pid = terminal.StartLatmon(nginx.Port);
        terminal.WaitFor(CanFreeze);
        Signal.Send(pid, signal);
        terminal.WaitForEnd(exitCode: 0);
        Assert.Equal(before, terminal.State);
    }

    [Fact]
    public void A_closed_terminal_ends_it()
    {
        using NginxServer nginx = NginxServer.Start();
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        int pid = terminal.StartLatmon(nginx.Port);
        terminal.WaitFor(CanFreeze);
        terminal.HangUp();

        Deadline deadline = Deadline.In(Deadline.Usual);
        while (Directory.Exists($"/proc/{pid}") && !deadline.Passed)
        {
            Thread.Yield();
        }

        Assert.False(Directory.Exists($"/proc/{pid}"), "latmon is still running without its terminal.");
    }

    [Fact]
    public void A_terminal_of_20_by_5_does_not_end_it_and_growing_makes_it_whole()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = TerminalSession.Start(20, 5);
        TerminalState before = terminal.State;
        terminal.StartLatmon(nginx.Port);
        terminal.Resize(120, 40);
        terminal.WaitFor(CanFreeze);
        connection.Ask(HttpText.Get("/ok/grown"));
        terminal.WaitFor("/ok/grown");
        terminal.Resize(20, 5);
        terminal.WaitUntilGone("/ok/grown");
        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
        terminal.Resize(20, 5);
        Assert.Equal(before, terminal.State);
    }

    [Fact]
    public void Control_characters_in_a_path_do_not_reach_the_terminal()
    {
        using SocketServer server = SocketServer.Start(connection =>
        {
            HttpRequestReader reader = new(connection);
            while (reader.Read() is not null)
            {
                connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
            }
        });
        using HttpConnection connection = HttpConnection.Open(server.Port);
        using TerminalSession terminal = TerminalSession.Start(120, 40);
        terminal.StartLatmon(server.Port);
        terminal.WaitFor(CanFreeze);

        // Would leave the alternate screen and set the title, were it printed as it came.
        connection.Ask(HttpText.Get("/evil\u001b[?1049l\u001b]0;stolen\u0007/end"));
        connection.Ask(HttpText.Get("/ok/after"));
        terminal.WaitFor("/ok/after");
        terminal.WaitFor(CanFreeze);
        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
    }
}
