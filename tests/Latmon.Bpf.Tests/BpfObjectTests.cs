namespace Latmon.Bpf.Tests;

/// <summary>Open, choose, load, attach, dispose: a call out of that order is refused with a sentence.</summary>
public sealed class BpfObjectTests
{
    [Fact]
    public void Before_load_nothing_of_the_kernel_can_be_used()
    {
        using BpfObject programs = Programs.Open();
        const string Sentence = "the object is not loaded yet";
        Assert.Equal(Sentence, Assert.Throws<InvalidOperationException>(() => programs.Map("records")).Message);
        Assert.Equal(Sentence, Assert.Throws<InvalidOperationException>(() => programs.Attach("segment")).Message);
        Assert.Equal(Sentence, Assert.Throws<InvalidOperationException>(() => _ = programs.Global<long>("lost_turns")).Message);
    }

    [Fact]
    public void After_load_nothing_can_be_chosen_any_more()
    {
        using BpfObject programs = Programs.Load();
        const string Sentence = "the object is loaded already";
        Assert.Equal(Sentence, Assert.Throws<InvalidOperationException>(programs.Load).Message);
        Assert.Equal(Sentence, Assert.Throws<InvalidOperationException>(() => programs.SkipProgram("segment")).Message);
        Assert.Equal(Sentence, Assert.Throws<InvalidOperationException>(() => programs.SetMaxEntries("records", 4096)).Message);
        Assert.Equal(Sentence, Assert.Throws<InvalidOperationException>(() => _ = programs.Knob<byte>("copy_heads")).Message);
    }

    [Fact]
    public void After_dispose_nothing_can_be_used_and_a_second_dispose_does_nothing()
    {
        BpfObject programs = Programs.Load();
        programs.Dispose();
        programs.Dispose();
        _ = Assert.Throws<ObjectDisposedException>(() => programs.Map("records"));
        _ = Assert.Throws<ObjectDisposedException>(() => programs.Attach("segment"));
        _ = Assert.Throws<ObjectDisposedException>(programs.Load);
    }

    [Fact]
    public void A_name_that_does_not_exist_is_named()
    {
        using BpfObject programs = Programs.Load();
        Assert.StartsWith("latunit has no program nothing", Assert.Throws<ArgumentException>(() => programs.Attach("nothing")).Message, StringComparison.Ordinal);
        Assert.StartsWith("latunit has no map nothing", Assert.Throws<ArgumentException>(() => programs.Map("nothing")).Message, StringComparison.Ordinal);
        Assert.StartsWith(".bss has no variable nothing", Assert.Throws<ArgumentException>(() => _ = programs.Global<int>("nothing")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_program_is_on_a_system_call_or_changes_traffic()
    {
        using BpfObject programs = Programs.Open();
        Assert.NotEmpty(programs.Programs());
        Assert.All(programs.Programs(), program => Assert.Matches("^(tp_btf|fentry|fexit|iter)/(?!.*sys_)", program.Section));
    }

    [Fact]
    public void A_program_that_is_left_out_is_not_loaded_and_cannot_be_attached()
    {
        using BpfObject programs = Programs.Load();
        _ = Assert.Throws<BpfException>(() => programs.Attach("retransmit"));
    }

    [Fact]
    public void Bytes_that_are_no_object_are_refused_and_libbpf_says_so_in_the_log_only()
    {
        using StringWriter log = new();
        LibbpfLog.WriteTo(log);
        try
        {
            BpfException e = Assert.Throws<BpfException>(() => _ = BpfObject.Open("no object at all, but long enough"u8, "x"));
            Assert.StartsWith("opening the BPF object: ", e.Message, StringComparison.Ordinal);
            Assert.Contains("libbpf", log.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            LibbpfLog.WriteTo(TextWriter.Null);
        }
    }
}
