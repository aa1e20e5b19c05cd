using System.Diagnostics;
using System.Globalization;

namespace Latmon.Capture.Tests;

/// <summary>Namespaces by file and by process; for the latter the kernel is asked, with a real iterator.</summary>
public sealed class NetworkNamespaceTests : IDisposable
{
    private readonly KernelPrograms _kernel = KernelPrograms.Load();
    private readonly ProcessNamespaces _processes;

    public NetworkNamespaceTests() => _processes = new ProcessNamespaces(_kernel.Object);

    [Fact]
    public void A_path_and_a_process_name_the_same_namespace() => Assert.Equal(
        NetworkNamespace.Resolve("/proc/self/ns/net", _processes),
        NetworkNamespace.Resolve(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), _processes));

    [Theory]
    [InlineData("/run/netns/there-is-none", "/run/netns/there-is-none")]
    [InlineData("999999999", "/proc/999999999/ns/net")]
    public void One_that_does_not_exist_is_a_mistake_of_the_user(string given, string path)
    {
        CaptureException e = Assert.Throws<CaptureException>(() => NetworkNamespace.Resolve(given, _processes));
        Assert.Equal(CaptureFailure.Usage, e.Failure);
        Assert.Equal($"There is no network namespace at {path}; give a file such as /run/netns/NAME or a process id.", e.Message);
    }

    [Fact]
    public void The_own_one_is_among_all() =>
        Assert.Contains(NetworkNamespace.Resolve("/proc/self/ns/net", _processes), _processes.All().Keys);

    [Fact]
    public void The_kernel_knows_a_process_for_as_long_as_there_is_one()
    {
        using Process other = Process.Start("/usr/bin/sleep", "60");
        Assert.Equal(NetworkNamespace.Resolve("/proc/self/ns/net", _processes), _processes.AskKernel()[other.Id]);
        other.Kill();
        other.WaitForExit();
        Assert.DoesNotContain(other.Id, _processes.AskKernel().Keys);
    }

    public void Dispose() => _kernel.Dispose();
}
