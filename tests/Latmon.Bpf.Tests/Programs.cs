using System.Globalization;
using Latmon.Testing;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Latmon.Bpf.Tests;

/// <summary>
/// latmon's own object, under a name that no other process on the machine uses, and closed to every port but one of the test's.
/// Needs root and a kernel that takes it: where it does not, the tests fail and say why.
/// </summary>
internal static class Programs
{
    public static BpfObject Open(string name = "latunit")
    {
        using Stream stream = typeof(Programs).Assembly.GetManifestResourceStream("latmon.bpf.o")!;
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        return BpfObject.Open(image, name);
    }

    /// <summary>Eight characters, all that the kernel keeps of an object's name.</summary>
    public static string UniqueName() =>
        string.Create(CultureInfo.InvariantCulture, $"lt{Random.Shared.Next(0, 0x1000000):x6}");

    public static BpfObject Load(string name = "latunit", uint ringBytes = 64 * 1024)
    {
        BpfObject programs = Open(name);
        programs.SetMaxEntries("records", ringBytes);
        programs.Load();
        return programs;
    }

    public static void AttachTo(this BpfObject programs, LoopbackConversation conversation)
    {
        programs.Global<byte>("filter_ports").Span[conversation.Port >> 3] |= (byte)(1 << (conversation.Port & 7));
        programs.Global<uint>("filter_by_port").Value = 1;
        foreach ((string program, _) in programs.Programs().Where(program => program.Section.StartsWith("tp_btf/", StringComparison.Ordinal)))
        {
            programs.Attach(program);
        }
    }
}
