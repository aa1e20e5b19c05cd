using System.Globalization;
using System.Text.RegularExpressions;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Screen;

/// <summary>What the screen says of its cost to the observed processes.</summary>
public sealed partial class CostTests
{
    private const int Requests = 1_200;

    [Fact]
    public void It_is_measured_with_the_first_requests_and_the_kernels_count_is_off_again()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TerminalSession terminal = TerminalSession.Start(140, 40);
        int pid = terminal.StartLatmon(nginx.Port);
        terminal.WaitFor("cost ?");
        Ask(connection, Requests);
        terminal.WaitUntil(screen => Figure().IsMatch(screen), "the cost is a number");
        double us = double.Parse(Figure().Match(terminal.Screen).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.InRange(us, 0.1, 500);

        Deadline deadline = Deadline.In(Deadline.Usual);
        while (RunsDuring(pid, () => Ask(connection, 10)) > 0)
        {
            Assert.False(deadline.Passed, "The kernel still counts the runs of latmon's programs.");
        }

        terminal.Type("q");
        terminal.WaitForEnd(exitCode: 0);
    }

    [Fact]
    public void A_user_who_may_not_turn_the_count_on_is_told_so()
    {
        using NginxServer nginx = NginxServer.Start();
        using HttpConnection connection = HttpConnection.Open(nginx.Port);
        using TempDirectory directory = new();
        using TerminalSession terminal = TerminalSession.Start(140, 40);
        File.Copy(LatmonBinary.Path, directory["latmon"]);
        (string file, string[] arguments) = Capabilities.OrdinaryUserWith(
            ["bpf", "perfmon"], directory["latmon"], ["--port", nginx.Port.ToString(CultureInfo.InvariantCulture)]);
        terminal.Type($"{file} {string.Join(' ', arguments)}", "Enter");
        terminal.WaitFor("freeze");
        connection.Ask(HttpText.Get("/ok/seen"));
        terminal.WaitFor("cost needs root");
        terminal.Type("q");
    }

    private static void Ask(HttpConnection connection, int count)
    {
        for (int i = 0; i < count; i++)
        {
            connection.Ask(HttpText.Get("/ok/asked"));
        }
    }

    private static long RunsDuring(int pid, Action work)
    {
        long before = Runs(pid);
        work();
        return Runs(pid) - before;
    }

    /// <summary>As the kernel tells it with each program that the process holds.</summary>
    private static long Runs(int pid) => Directory.EnumerateFiles($"/proc/{pid}/fdinfo")
        .SelectMany(File.ReadAllLines)
        .Where(line => line.StartsWith("run_cnt:", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.AsSpan("run_cnt:".Length).Trim(), CultureInfo.InvariantCulture));

    [GeneratedRegex(@"cost >?([0-9.]+)us/req, [0-9.]+% of a core")]
    private static partial Regex Figure();
}
