namespace Latmon.Capture.Tests;

/// <summary>The section of a program says where it attaches.</summary>
public sealed class HookTests
{
    [Theory]
    [InlineData("tp_btf/tcp_probe", HookKind.Tracepoint, "tcp_probe")]
    [InlineData("fentry/tcp_sendmsg_locked", HookKind.FunctionEntry, "tcp_sendmsg_locked")]
    [InlineData("fexit/inet_csk_accept", HookKind.FunctionExit, "inet_csk_accept")]
    public void A_section_names_the_kind_and_the_target(string section, HookKind kind, string target)
    {
        Hook hook = Hook.Of("program", section);
        Assert.Equal(new Hook("program", kind, target), hook);
        Assert.Equal(section, hook.ToString().Replace(' ', '/'));
    }

    [Fact]
    public void An_unknown_kind_is_refused() =>
        Assert.Throws<ArgumentException>(() => Hook.Of("program", "kprobe/tcp_sendmsg"));

    [Fact]
    public void Every_boundary_stands_in_the_table_once() =>
        Assert.Equal(Enum.GetValues<BoundaryId>(), HookTable.Boundaries.Select(boundary => boundary.Id).Order());
}
