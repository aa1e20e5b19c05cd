using System.Globalization;

namespace Latmon.Capture.Tests;

public sealed class NetworkNamespaceTests
{
    [Fact]
    public void A_path_and_a_process_name_the_same_namespace() => Assert.Equal(
        NetworkNamespace.Resolve("/proc/self/ns/net"),
        NetworkNamespace.Resolve(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("/run/netns/there-is-none", "/run/netns/there-is-none")]
    [InlineData("999999999", "/proc/999999999/ns/net")]
    public void One_that_does_not_exist_is_a_mistake_of_the_user(string given, string path)
    {
        CaptureException e = Assert.Throws<CaptureException>(() => NetworkNamespace.Resolve(given));
        Assert.Equal(CaptureFailure.Usage, e.Failure);
        Assert.Equal($"There is no network namespace at {path}; give a file such as /run/netns/NAME or a process id.", e.Message);
    }

    [Fact]
    public void The_own_one_is_among_all() =>
        Assert.Contains(NetworkNamespace.Resolve("/proc/self/ns/net"), NetworkNamespace.All().Keys);
}
