using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;

namespace Latmon.Capture.Tests;

/// <summary>A fault behind the source must reach whoever waits for the command, not end the process with a trace.</summary>
public sealed class DrainFailureTests
{
    [Fact]
    public void What_a_subscriber_throws_is_handed_to_whoever_started_the_source()
    {
        using KernelSource source = KernelSource.Open(new TraceFilter { Ports = [1] });
        using ManualResetEventSlim failed = new();
        Exception? error = null;
        using IDisposable subscription = source.Records.Correlate().Subscribe(_ => throw new InvalidDataException("no such thing"));
        source.Start(e =>
        {
            error = e;
            failed.Set();
        });
        Assert.True(failed.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal("no such thing", Assert.IsType<InvalidDataException>(error).Message);
        source.Stop();
    }
}
