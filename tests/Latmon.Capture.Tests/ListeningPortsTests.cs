using Latmon.Testing;

namespace Latmon.Capture.Tests;

public sealed class ListeningPortsTests
{
    private static readonly string[] ProcNetTcp =
    [
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
        "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0",
        "   2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0 0 0 3",
        "   3: 0100007F:ZZZZ 00000000:0000 0A",
        "",
        "   4: 0100007F:0035",
        "1000: 0100007F:FFFF 00000000:0000 0A 0",
    ];

    [Fact]
    public void Listening_sockets_of_both_families_are_found_and_other_lines_passed_over() =>
        Assert.Equal([8080, 80, 65535], ListeningPorts.Ports(ProcNetTcp));

    [Fact]
    public void A_port_that_listens_now_is_found_in_its_namespace()
    {
        using LoopbackConversation conversation = new();
        using KernelPrograms kernel = KernelPrograms.Load();
        ProcessNamespaces processes = new(kernel.Object);
        Assert.Contains((NetworkNamespace.Resolve("/proc/self/ns/net", processes), conversation.Port), ListeningPorts.All(processes));
    }

    [Fact]
    public void Connect_chooses_from_the_upper_ports() => Assert.InRange(ListeningPorts.EphemeralFrom(), 1024u, 65535u);
}
