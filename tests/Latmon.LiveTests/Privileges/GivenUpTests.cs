using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Screen;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Privileges;

/// <summary>Once it watches, latmon may do nothing that an ordinary process may not.</summary>
public sealed class GivenUpTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private readonly NginxServer _nginx = shared.Server;

    /// <summary>Before Linux 5.19 maps cannot be written without it, and a filter is kept in maps.</summary>
    private static ulong Kept => Environment.OSVersion.Version < new Version(5, 19) ? Capabilities.Bpf : 0;

    /// <summary>CAP_DAC_READ_SEARCH, _SYS_PTRACE, _SYS_ADMIN, _PERFMON, _BPF, _CHECKPOINT_RESTORE: what it takes to probe new processes.</summary>
    private const ulong ToProbe = (1UL << 2) | (1UL << 19) | (1UL << 21) | (1UL << 38) | (1UL << 39) | (1UL << 40);

    [Fact]
    public void No_thread_of_a_running_trace_has_capabilities_or_can_get_some()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Get("/ok/first"));
        latmon.WaitFor(1);
        CheckThreads(latmon.Pid);
        connection.Ask(HttpText.Get("/ok/second"));
        Assert.Equal(["/ok/first", "/ok/second"], latmon.Finish(2).Paths);
    }

    [Fact]
    public void The_screen_has_none_either_and_its_filter_still_finds_another_users_process()
    {
        using NetworkNamespace inside = NetworkNamespace.Create();
        using NginxServer inner = NginxServer.StartInside(inside, _nginx.Port);
        using HttpConnection here = HttpConnection.Open(_nginx.Port);
        using HttpConnection there = inside.Run(() => HttpConnection.Open(_nginx.Port));
        using TerminalSession terminal = TerminalSession.Start(columns: 120, rows: 40);
        int pid = terminal.StartLatmon(_nginx.Port);
        terminal.WaitFor("Layers");
        here.Ask(HttpText.Get("/ok/everywhere"));
        terminal.WaitFor("/ok/everywhere");
        CheckThreads(pid);

        terminal.Type("/", "C-u", string.Create(CultureInfo.InvariantCulture, $"port:{_nginx.Port} netns:{inner.WorkerPid}"), "Enter");
        terminal.WaitFor($"netns:{inner.WorkerPid}");
        here.Ask(HttpText.Get("/ok/outside"));
        there.Ask(HttpText.Get("/ok/inside"));
        terminal.WaitFor("/ok/inside");
        Assert.DoesNotContain("/ok/outside", terminal.Screen, StringComparison.Ordinal);
    }

    private static void CheckThreads(int pid)
    {
        IReadOnlyList<Capabilities> threads = Capabilities.OfThreads(pid);
        Assert.NotEmpty(threads);
        Assert.All(threads, thread =>
        {
            ulong kept = thread.Thread == "probes" ? ToProbe : Kept;
            Assert.True((thread.Permitted & ~kept) == 0 && (thread.Effective & ~kept) == 0, thread.ToString());
            Assert.True(thread is { Inheritable: 0, Ambient: 0, NoNewPrivileges: true }, thread.ToString());
        });
    }
}
