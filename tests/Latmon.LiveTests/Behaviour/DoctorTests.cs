using System.Globalization;
using System.Text.Json;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Xunit;

namespace Latmon.LiveTests.Behaviour;

/// <summary>What doctor says is what the machine says, and every item of it is in both forms of the report.</summary>
public sealed class DoctorTests
{
    private const int NotPermitted = 3;
    private const string Lockdown = "/sys/kernel/security/lockdown";

    private static readonly string[] Layers =
    [
        "net.ingress", "tcp.rx", "accept.wait", "request.upload", "sock.wait", "app", "response.write", "tcp.tx", "net.egress",
        "request.write", "remote", "response.download",
    ];

    private static readonly (string Name, int Bit)[] Capabilities =
        [("CAP_BPF", 39), ("CAP_PERFMON", 38), ("CAP_SYS_ADMIN", 21), ("CAP_SYS_RESOURCE", 24), ("CAP_NET_ADMIN", 12)];

    [Fact]
    public void The_machine_is_described_as_it_describes_itself()
    {
        JsonElement report = Report();
        Assert.True(report.GetProperty("works").GetBoolean(), report.ToString());
        Assert.Equal(Read("/proc/sys/kernel/osrelease"), Text(report, "kernel"));
        Assert.Equal(File.Exists(Lockdown) ? Read(Lockdown).Split('[', ']')[1] : "", Text(report, "lockdown"));
        Assert.Equal(Read("/sys/devices/system/clocksource/clocksource0/current_clocksource"), Text(report, "clock_source"));
        Assert.Equal(Read("/proc/sys/net/core/bpf_jit_enable") != "0", report.GetProperty("compiled").GetBoolean());
        Assert.True(report.GetProperty("type_information").GetBoolean());
        string mask = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim();
        ulong held = ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(Capabilities.Where(known => (held >> known.Bit & 1) != 0).Select(known => known.Name), Texts(report, "capabilities"));
    }

    /// <summary>A build that the verifier refuses has a stand-in, so that nobody would see it.</summary>
    [Fact]
    public void A_better_build_is_refused_only_because_the_kernel_lacks_something() =>
        Assert.All(Texts(Report(), "refused_builds"), reason => Assert.Contains(": this kernel has no ", reason, StringComparison.Ordinal));

    [Fact]
    public void The_ring_and_the_hooks_are_those_that_a_running_latmon_has()
    {
        JsonElement report = Report();
        using LatmonTrace latmon = LatmonTrace.OfPort(FreePort.Next(), "--probes", "none");
        KernelObjects own = KernelObjects.Of(latmon.Pid);
        JsonElement ring = Assert.Single(own.DescribeMaps(), map => Text(map, "type") == "ringbuf");
        Assert.Equal(ring.GetProperty("max_entries").GetInt64(), report.GetProperty("ring_bytes").GetInt64());
        // The others are iterators.
        int attached = own.DescribeLinks().Count(link => Text(link, "type") != "iter");
        Assert.Equal(report.GetProperty("boundaries").EnumerateArray().Sum(Programs), attached);
        latmon.Stop();
    }

    /// <summary>Kernels whose programs have their state in a map leave no program out.</summary>
    [Fact]
    public void Programs_have_stand_ins_where_the_kernel_preempts_itself_or_a_setting_wants_them()
    {
        JsonElement report = Report();
        bool leavesOut = !Text(report, "build")!.Contains("in a map", StringComparison.Ordinal);
        Assert.Equal(leavesOut && Text(report, "preemption") is not ("none" or "voluntary"), HasStandIns(report));
        using TempDirectory home = new();
        string directory = Directory.CreateDirectory(home[".config/latmon"]).FullName;
        File.WriteAllText(Path.Combine(directory, "appsettings.json"), """{ "Probes": { "StandIns": true } }""");
        JsonElement wanted = Parse(LatmonBinary.Run(home.Path, ["doctor", "--json"]));
        Assert.Equal(leavesOut, HasStandIns(wanted));
    }

    [Fact]
    public void Every_boundary_has_a_hook_or_a_reason_and_what_is_missed_is_a_problem_with_a_next_step()
    {
        JsonElement report = Report();
        JsonElement[] boundaries = [.. report.GetProperty("boundaries").EnumerateArray()];
        JsonElement[] problems = [.. report.GetProperty("problems").EnumerateArray()];
        Assert.InRange(boundaries.Length, 11, 14);
        Assert.All(boundaries, boundary =>
        {
            if (Text(boundary, "hook") is { } hook)
            {
                Assert.Matches("^(tp_btf|fentry|fexit) [a-z0-9_]+$", hook);
            }
            else
            {
                Assert.NotEmpty(Text(boundary, "reason")!);
            }

            bool isProblem = problems.Any(problem => Text(problem, "problem")!.Contains(Text(boundary, "seen_when")!, StringComparison.Ordinal));
            Assert.Equal(!boundary.GetProperty("seen").GetBoolean(), isProblem);
        });
        Assert.All(problems, problem => Assert.NotEmpty(Text(problem, "next_step")!));
    }

    [Fact]
    public void Every_layer_is_there_once_and_what_is_unavailable_has_a_reason()
    {
        JsonElement[] layers = [.. Report().GetProperty("layers").EnumerateArray()];
        Assert.Equal(Layers, layers.Select(layer => Text(layer, "layer")));
        Assert.All(layers, layer =>
        {
            Assert.Contains(Text(layer, "evidence"), new[] { "measured", "unavailable" });
            Assert.True(Text(layer, "evidence") == "measured" || Text(layer, "reason")!.Length > 0, layer.ToString());
        });
    }

    [Fact]
    public void The_text_says_everything_that_the_json_says()
    {
        JsonElement report = Report();
        FinishedRun run = LatmonBinary.Run("doctor");
        Assert.Equal(0, run.ExitCode);
        string text = string.Join('\n', run.Output);
        List<string?> wanted =
        [
            Text(report, "kernel"), Text(report, "lockdown"), Text(report, "build"), Text(report, "clock_source"), "latmon works here.",
            string.Create(CultureInfo.InvariantCulture, $"{report.GetProperty("ring_bytes").GetInt64() >> 20} MB"),
            .. Texts(report, "capabilities"), .. Texts(report, "refused_builds"),
        ];
        foreach (JsonElement boundary in report.GetProperty("boundaries").EnumerateArray())
        {
            wanted.AddRange([Text(boundary, "seen_when"), Text(boundary, "hook") ?? "-", Text(boundary, "reason")]);
        }

        wanted.AddRange(report.GetProperty("layers").EnumerateArray().Select(layer => Text(layer, "reason")));
        foreach (JsonElement problem in report.GetProperty("problems").EnumerateArray())
        {
            wanted.AddRange([Text(problem, "problem"), $"    next: {Text(problem, "next_step")}"]);
        }

        Assert.All(wanted, part => Assert.Contains(part!, text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_user_who_may_not_is_told_which_capabilities_it_takes()
    {
        using TempDirectory directory = new();
        File.Copy(LatmonBinary.Path, directory["latmon"]);
        (string file, string[] arguments) = Machine.Capabilities.OrdinaryUserWith([], directory["latmon"], ["doctor", "--json"]);
        FinishedRun run = LatmonBinary.Run(file, directory.Path, arguments);
        Assert.Equal(NotPermitted, run.ExitCode);
        JsonElement report = Parse(run);
        Assert.False(report.GetProperty("works").GetBoolean());
        Assert.Empty(Texts(report, "capabilities"));
        JsonElement problem = report.GetProperty("problems").EnumerateArray().First();
        Assert.Contains("setcap cap_bpf,cap_perfmon=ep", Text(problem, "next_step"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_with_just_enough_is_told_that_there_are_no_spans()
    {
        using TempDirectory directory = new();
        File.Copy(LatmonBinary.Path, directory["latmon"]);
        (string file, string[] arguments) = Machine.Capabilities.OrdinaryUserWith(["bpf", "perfmon"], directory["latmon"], ["doctor", "--json"]);
        FinishedRun run = LatmonBinary.Run(file, directory.Path, arguments);
        Assert.Equal(0, run.ExitCode);
        JsonElement report = Parse(run);
        Assert.Equal(["CAP_BPF", "CAP_PERFMON"], Texts(report, "capabilities"));
        Assert.Contains(report.GetProperty("problems").EnumerateArray(), problem => Text(problem, "problem")!.Contains("there are no spans", StringComparison.Ordinal));
    }

    private static int Programs(JsonElement boundary) =>
        Text(boundary, "hook") is null ? 0 : 1 + boundary.GetProperty("stand_ins").GetInt32();

    private static bool HasStandIns(JsonElement report) => report.GetProperty("boundaries").EnumerateArray().Any(boundary => Programs(boundary) > 1);

    private static JsonElement Report()
    {
        FinishedRun run = LatmonBinary.Run("doctor", "--json");
        Assert.Equal(0, run.ExitCode);
        return Parse(run);
    }

    private static JsonElement Parse(FinishedRun run)
    {
        Assert.Empty(run.Errors);
        using JsonDocument document = JsonDocument.Parse(Assert.Single(run.Output));
        return document.RootElement.Clone();
    }

    private static string Read(string path) => File.ReadAllText(path).Trim();

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static string[] Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];
}
