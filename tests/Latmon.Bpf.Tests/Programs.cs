using System.Globalization;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Latmon.Bpf.Tests;

/// <summary>
/// latmon's own object, under a name that no other process on the machine uses. Needs root and a kernel that takes it: where it
/// does not, the tests fail and say why.
/// </summary>
internal static class Programs
{
    private const string Loaded = "state";

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

    /// <summary>Loads one program, which every kernel with type information takes; nothing is attached.</summary>
    public static BpfObject Load(string name = "latunit")
    {
        BpfObject programs = Open(name);
        foreach ((string program, _) in programs.Programs().Where(program => program.Name != Loaded))
        {
            programs.SkipProgram(program);
        }

        programs.Load();
        return programs;
    }
}
