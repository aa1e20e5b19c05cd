namespace Latmon.Bpf.Tests;

public sealed class BtfTests
{
    [Fact]
    public void The_kernel_has_the_hooks_that_it_has()
    {
        using Btf kernel = Btf.OfKernel();
        Assert.True(kernel.HasTracepoint("tcp_probe"));
        Assert.False(kernel.HasTracepoint("tcp_latmon"));
        Assert.True(kernel.HasFunction("tcp_sendmsg"));
        Assert.False(kernel.HasFunction("tcp_latmon"));
    }

    [Fact]
    public void Fields_have_an_offset_and_a_size()
    {
        using Btf kernel = Btf.OfKernel();
        (int size, IReadOnlyDictionary<string, BtfField> fields) = kernel.Struct("iphdr");
        Assert.Equal(20, size);
        Assert.Equal((new BtfField(2, 2), new BtfField(8, 1)), (fields["tot_len"], fields["ttl"]));
    }

    [Fact]
    public void A_type_that_does_not_exist_is_named()
    {
        using Btf kernel = Btf.OfKernel();
        Assert.StartsWith("no type latmon in this BTF", Assert.Throws<ArgumentException>(() => kernel.Struct("latmon")).Message, StringComparison.Ordinal);
    }
}
