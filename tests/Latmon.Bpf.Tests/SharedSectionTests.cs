using System.Diagnostics;
using System.Text.Json;

namespace Latmon.Bpf.Tests;

/// <summary>
/// Variables are the kernel's own memory, not a copy of it: libbpf maps sections for generated skeletons only, and for a while
/// every filter and every loss counter here was written into, and read from, a private copy.
/// </summary>
public sealed class SharedSectionTests
{
    [Fact]
    public void What_is_written_here_is_what_the_kernel_has()
    {
        string name = Programs.UniqueName();
        using BpfObject programs = Programs.Load(name);
        programs.Global<long>("lost_turns").Value = 1_234_567_891;
        programs.Global<uint>("filter_generation", ".data").Value = 4_711;
        Assert.Equal(1_234_567_891, Dump($"{name}.bss").GetProperty("lost_turns").GetInt64());
        Assert.Equal(4_711, Dump($"{name}.data").GetProperty("filter_generation").GetInt64());
    }

    [Fact]
    public void A_variable_begins_with_the_value_of_its_source()
    {
        using BpfObject programs = Programs.Load();
        Assert.Equal(1u, programs.Global<uint>("filter_generation", ".data").Value);
        Assert.Equal(65536, programs.Global<byte>("port_uses").Length);
        Assert.False(programs.Global<byte>("port_uses").Span.ContainsAnyExcept((byte)0));
    }

    private static JsonElement Dump(string map)
    {
        using Process bpftool = Process.Start(new ProcessStartInfo("bpftool", ["-j", "map", "dump", "name", map])
        {
            RedirectStandardOutput = true,
        })!;
        using JsonDocument document = JsonDocument.Parse(bpftool.StandardOutput.ReadToEnd());
        bpftool.WaitForExit();
        foreach (JsonElement section in document.RootElement[0].GetProperty("formatted").GetProperty("value").EnumerateObject().First().Value.EnumerateArray())
        {
            if (section.TryGetProperty("lost_turns", out _) || section.TryGetProperty("filter_generation", out _))
            {
                return section.Clone();
            }
        }

        throw new InvalidDataException(document.RootElement.ToString());
    }
}
