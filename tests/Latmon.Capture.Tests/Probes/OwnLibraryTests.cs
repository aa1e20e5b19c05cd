using Latmon.Capture.Probes;
using Latmon.Testing;

namespace Latmon.Capture.Tests.Probes;

/// <summary>A user's own library and definition, loaded by a program that runs already, also in a file system of its own.</summary>
public sealed class OwnLibraryTests : IDisposable
{
    private const long ToleranceNs = 10_000_000;

    private readonly string _definitions = Directory.CreateTempSubdirectory("latmon-own-").FullName;
    private readonly ProbeCatalog _catalog;

    public OwnLibraryTests()
    {
        File.WriteAllText($"{_definitions}/own.json", LibraryCaller.Definition);
        _catalog = ProbeCatalog.Read([_definitions]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_library_that_is_loaded_later_is_probed(bool inContainer)
    {
        using LibraryCaller caller = new(inContainer);
        using SpanCapture capture = new(SpanCapture.Processes(caller.Pid), _catalog, "own", "libpq");
        Assert.True(Eventually.Is(() => IsTold(capture, "work", () => caller.Call("libown.so", "own_work", "early", "1"))));
        caller.Call("libown.so", "own_work", "alpha", "40");
        Assert.True(Eventually.Is(() => capture.Of("work")[^1].Text == "alpha"));
        SpanCapture.Told work = capture.Of("work")[^1];
        Assert.Equal(("uprobe:own", caller.Pid), (work.Source, work.Pid));
        Assert.InRange(work.DurationNs, 40_000_000, 40_000_000 + ToleranceNs);

        Assert.True(Eventually.Is(() => IsTold(capture, "PQexec", () => caller.Call("libpq.so.5", "PQexec", null, "select 'secret'"))));
        Assert.Equal("select ?", capture.Of("PQexec")[^1].Text);
        Assert.Equal(0, capture.Lost);
    }

    [Fact]
    public void What_a_library_lacks_is_a_remark_and_the_rest_is_found()
    {
        using LibraryCaller caller = new(inContainer: true);
        caller.Call("libown.so", "own_work", "alpha", "1");
        ProbeReport report = Assert.Single(ProbeReport.Of(_catalog), probe => probe.Name == "own");
        Assert.EndsWith("/libown.so", report.File, StringComparison.Ordinal);
        Assert.Equal((2, 1), (report.Spans, report.Found));
        Assert.Contains("play: it has no own_play", report.Remarks);
    }

    public void Dispose() => Directory.Delete(_definitions, recursive: true);

    private static bool IsTold(SpanCapture capture, string name, Action call)
    {
        call();
        return capture.Of(name).Count > 0;
    }
}
