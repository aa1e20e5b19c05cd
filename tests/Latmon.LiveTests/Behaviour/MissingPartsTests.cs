using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Behaviour;

/// <summary>
/// Machines that hide parts of /sys or refuse bpf(), played in a mount namespace or under a filter of the test's own: what is not
/// needed is not missed, and what is needed is named.
/// </summary>
public sealed class MissingPartsTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private const int NotPermitted = 3;
    private const int KernelLacks = 4;

    /// <summary>As a container does it: a seccomp filter that answers bpf() with EPERM, then the program.</summary>
    private const string ForbidBpf = """
        import ctypes, os, struct, sys
        number = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
        load, jump_if_equal, give, allow, refuse = 0x20, 0x15, 0x06, 0x7FFF0000, 0x00050001
        steps = (load, 0, 0, 0), (jump_if_equal, 0, 1, number), (give, 0, 0, refuse), (give, 0, 0, allow)
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
        program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
        assert ctypes.CDLL(None).prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(program), 0, 0) == 0
        os.execv(sys.argv[1], sys.argv[1:])
        """;

    private readonly NginxServer _nginx = shared.Server;

    private string Port => _nginx.Port.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public void Without_type_information_it_says_what_the_kernel_must_be_built_with() =>
        Run("mount -t tmpfs none /sys/kernel/btf", "trace", "--port", Port).IsRefusal(KernelLacks, "/sys/kernel/btf/vmlinux", "CONFIG_DEBUG_INFO_BTF");

    [Fact]
    public void Without_sys_it_says_how_to_get_it() =>
        Run("mount -t tmpfs none /sys", "trace", "--port", Port).IsRefusal(KernelLacks, "mount -t sysfs sysfs /sys");

    [Fact]
    public void Doctor_reports_the_same_and_the_next_step()
    {
        FinishedRun run = Run("mount -t tmpfs none /sys/kernel/btf", "doctor", "--json");
        Assert.Equal(KernelLacks, run.ExitCode);
        Assert.Empty(run.Errors);
        string report = Assert.Single(run.Output);
        Assert.Contains("\"works\":false", report, StringComparison.Ordinal);
        Assert.Contains("\"type_information\":false", report, StringComparison.Ordinal);
        Assert.Contains("CONFIG_DEBUG_INFO_BTF", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_bpf_is_refused_what_refuses_it_is_named_and_so_is_the_next_step()
    {
        using TempDirectory home = new();
        FinishedRun Run(params string[] arguments) =>
            LatmonBinary.Run("/usr/bin/python3", home.Path, ["-c", ForbidBpf, LatmonBinary.Path, .. arguments]);
        Run("trace", "--port", Port).IsRefusal(NotPermitted, "seccomp", "run latmon outside of that");
        FinishedRun report = Run("doctor");
        Assert.Equal(NotPermitted, report.ExitCode);
        Assert.Contains(report.Output, line => line.StartsWith("    next: Run latmon outside of the container", StringComparison.Ordinal));
        Assert.Equal("latmon does not work here.", report.Output[^1]);
    }

    [Theory]
    [InlineData("mount -o remount,bind,ro /sys")]
    [InlineData("mount -t tmpfs none /sys/kernel/tracing; mount -t tmpfs none /sys/kernel/debug; mount -t tmpfs none /sys/kernel/security")]
    [InlineData("mount -t tmpfs none /sys/fs/bpf")]
    public void What_is_not_needed_is_not_missed(string prepare)
    {
        using TempDirectory home = new();
        using ChildProcess latmon = ChildProcess.Start(
            "/usr/bin/unshare", Arguments(prepare, ["trace", "--port", Port, "--format", "text", "--count", "1"]),
            LatmonBinary.Environment(home.Path));
        Assert.True(latmon.Errors.WaitUntil(lines => lines.Count > 0, Deadline.Usual));
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Get("/ok/hidden"));
        Assert.Equal(0, latmon.WaitForExit(Deadline.Usual));
        Assert.Contains("GET /ok/hidden", string.Join('\n', latmon.Output.Lines), StringComparison.Ordinal);
    }

    private static FinishedRun Run(string prepare, params string[] arguments)
    {
        using TempDirectory home = new();
        return LatmonBinary.Run("/usr/bin/unshare", home.Path, Arguments(prepare, arguments));
    }

    private static string[] Arguments(string prepare, string[] arguments) =>
        ["--mount", "/bin/sh", "-c", $"{prepare} && exec \"$0\" \"$@\"", LatmonBinary.Path, .. arguments];
}
