using System.Globalization;
using Latmon.Capture.Probes;
using Latmon.Pipeline.Filtering;
using Latmon.Testing;
using Process = System.Diagnostics.Process;

namespace Latmon.Capture.Tests.Probes;

/// <summary>Processes that end between the moment they are found and the moment their file is opened.</summary>
public sealed class WantedFileTests
{
    private const string Symbol = "read";

    [Fact]
    public void It_is_opened_by_whoever_still_runs_it_and_stays_open()
    {
        using Process first = Process.Start("/bin/sleep", "60");
        using Process second = Process.Start("/bin/sleep", "60");
        WantedFile file = Find(new ProbeSet("own", ["libc.so*"], IsEnabled: true, []), first, second);

        End(first);
        using ElfFile? held = file.Open();
        Assert.NotNull(held);

        End(second);
        Assert.Null(file.Open());
        using ElfFile again = ElfFile.Open(held.Path);
        Assert.True(held.TryFind(Symbol, out ulong at, out _));
        Assert.True(again.TryFind(Symbol, out ulong same, out _));
        Assert.Equal(at, same);
    }

    private static WantedFile Find(ProbeSet set, params Process[] users)
    {
        string[] ids = [.. users.Select(user => user.Id.ToString(CultureInfo.InvariantCulture))];
        Assert.True(Eventually.Is(() => ids.All(id => File.ReadAllText($"/proc/{id}/maps").Contains("/libc.so", StringComparison.Ordinal))));
        ProcessWatch watch = new([set]);
        watch.Apply(new TraceFilter { Processes = [.. ids] });
        return Assert.Single(watch.Look(0).Values);
    }

    private static void End(Process process)
    {
        process.Kill();
        process.WaitForExit();
    }
}
