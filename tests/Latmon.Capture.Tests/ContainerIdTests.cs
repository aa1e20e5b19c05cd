namespace Latmon.Capture.Tests;

/// <summary>What runtimes write into /proc/PID/cgroup, in both versions of cgroups.</summary>
public sealed class ContainerIdTests
{
    private const string Id = "6a8f1d8c0b2e4f7a9c3d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3";
    private const string Other = "0000000000000000000000000000000000000000000000000000000000000001";

    [Theory]
    [InlineData("0::/system.slice/docker-" + Id + ".scope\n", Id)]
    [InlineData("0::/docker/" + Id + "\n", Id)]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1e2d.slice/cri-containerd-" + Id + ".scope\n", Id)]
    [InlineData("0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/crio-" + Id + ".scope\n", Id)]
    [InlineData("0::/machine.slice/libpod-" + Id + ".scope/container\n", Id)]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope\n", Id)]
    [InlineData("0::/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:" + Id + "\n", Id)]
    [InlineData("0::/../docker-" + Id + ".scope\n", Id)]
    [InlineData("0::/system.slice/docker-" + Other + ".scope/docker/" + Id + "\n", Id)]
    [InlineData("0::/machine.slice/machine-web\\x2d1.scope/payload\n", "web-1")]
    [InlineData("0::/machine.slice/systemd-nspawn@db.service/payload\n", "db")]
    [InlineData("0::/machine.slice/libpod-conmon-" + Id + ".scope\n", null)]
    [InlineData("0::/system.slice/crio-conmon-" + Id + ".scope\n", null)]
    [InlineData("0::/system.slice/nginx.service\n", null)]
    [InlineData("0::/\n", null)]
    [InlineData("0::/docker/6a8f1d8c0b2e\n", null)]
    [InlineData("", null)]
    [InlineData("nonsense\n:\n::\n", null)]
    public void The_path_names_the_container(string cgroups, string? expected) => Assert.Equal(expected, ContainerId.In(cgroups));

    [Fact]
    public void Version_1_names_it_in_every_hierarchy() => Assert.Equal(
        Id,
        ContainerId.In($"""
            12:pids:/
            11:memory:/docker/{Id}
            10:cpu,cpuacct:/docker/{Id}
            1:name=systemd:/docker/{Id}
            0::/system.slice/containerd.service
            """));

    [Fact]
    public void A_process_is_read_once_and_one_that_has_gone_keeps_what_was_known()
    {
        string processes = Directory.CreateTempSubdirectory("latmon-").FullName;
        string process = Directory.CreateDirectory($"{processes}/7").FullName;
        File.WriteAllText($"{process}/cgroup", $"0::/system.slice/docker-{Id}.scope\n");
        ProcessContainers containers = new(processes);
        Assert.Equal(Id, containers.Of(7));
        Directory.Delete(process, recursive: true);
        Assert.Equal(Id, containers.Of(7));
        Assert.Null(containers.Of(8));
        Directory.Delete(processes);
    }
}
