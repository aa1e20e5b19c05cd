using System.Globalization;
using Latmon.LiveTests.Machine;
using Xunit;

namespace Latmon.LiveTests.Product;

/// <summary>
/// A running <c>latmon trace --format ndjson</c>. <see cref="Start"/> returns when the probes are attached; a kernel
/// that refuses them fails the test here, with latmon's own words.
/// </summary>
public sealed class LatmonTrace : IDisposable
{
    private const string Watching = "latmon: watching";

    private readonly TempDirectory _home = new();
    private readonly ChildProcess _process;
    private readonly long _startUnixNs = Moment.UnixNow;

    private LatmonTrace(IEnumerable<string> arguments)
    {
        _process = ChildProcess.Start(LatmonBinary.Path, arguments, LatmonBinary.Environment(_home.Path));
    }

    public int Pid => _process.Pid;

    public IReadOnlyList<string> Errors => _process.Errors.Lines;

    public bool HasExited => _process.HasExited;

    public static LatmonTrace Start(params string[] options)
    {
        LatmonTrace started = new(["trace", "--format", "ndjson", .. options]);
        if (!started._process.Errors.WaitUntil(IsWatching, Deadline.Usual))
        {
            string errors = string.Join('\n', started.Errors);
            string state = started._process.ExitsWithin(TimeSpan.FromSeconds(1)) ? "ended" : "is running, silent";
            started.Dispose();
            throw new InvalidOperationException(
                $"latmon {state} and never said \"{Watching}\". These tests need root and a kernel that allows eBPF. On stderr: {errors}");
        }

        return started;
    }

    public static LatmonTrace OfPort(int port, params string[] options) =>
        Start(["--port", port.ToString(CultureInfo.InvariantCulture), .. options]);

    /// <summary>Waits until that many requests have been reported and returns what has come so far.</summary>
    public IReadOnlyList<TraceLine> WaitFor(int count) => WaitFor(count, Deadline.Usual);

    public IReadOnlyList<TraceLine> WaitFor(int count, TimeSpan limit)
    {
        bool came = _process.Output.WaitUntil(lines => lines.Count >= count, limit);
        IReadOnlyList<string> lines = _process.Output.Lines;
        Assert.True(
            came,
            $"{lines.Count} of {count} traces came within {limit.TotalSeconds:0} s.\n" +
            $"{string.Join('\n', lines.TakeLast(30))}\non stderr: {string.Join('\n', Errors)}");
        return [.. lines.Select(TraceLine.Parse)];
    }

    /// <summary>Waits until the expected number has come, ends latmon and makes sure that nothing else came.</summary>
    public TraceRun Finish(int expected) => Finish(expected, Deadline.Usual);

    public TraceRun Finish(int expected, TimeSpan limit)
    {
        WaitFor(expected, limit);
        TraceRun run = Stop();
        Assert.True(
            run.Traces.Count == expected,
            $"{run.Traces.Count} traces instead of {expected}:\n{string.Join('\n', run.Traces.TakeLast(30))}");
        Assert.Equal(0, run.Count.Lost);
        return run;
    }

    /// <summary>Ends latmon as Ctrl+C does.</summary>
    public TraceRun Stop() => Stop(Signal.Interrupt);

    public TraceRun Stop(int signal)
    {
        _process.Send(signal);
        return End(Deadline.Usual);
    }

    /// <summary>Waits for latmon to end by itself (<c>--count</c>, <c>--for</c>) or by the signal already sent.</summary>
    public TraceRun End(TimeSpan limit)
    {
        int exitCode = _process.WaitForExit(limit);
        TraceInvariants invariants = new(_startUnixNs, Moment.UnixNow);
        Assert.True(exitCode == 0, $"Exit code {exitCode}; on stderr: {string.Join('\n', Errors)}");
        Assert.All(Errors, line => Assert.StartsWith("latmon: ", line, StringComparison.Ordinal));
        List<TraceLine> traces = [.. _process.Output.Lines.Select(TraceLine.Parse)];
        traces.ForEach(invariants.Check);
        FinalCount? count = FinalCount.Find(Errors);
        Assert.True(count is not null, $"No final count on stderr: {string.Join('\n', Errors)}");
        Assert.Equal(traces.Count, count.Requests);
        Assert.Equal(traces.Count(trace => !trace.Complete), count.Incomplete);
        return new TraceRun(traces, count, Errors);
    }

    /// <summary>Only for tests of being killed: nothing is checked.</summary>
    public void Kill()
    {
        _process.Send(Signal.Kill);
        _process.WaitForExit(Deadline.Usual);
    }

    /// <summary>Closes the reading end of its standard output.</summary>
    public void CloseOutput() => _process.Output.CloseStream();

    public FinishedRun EndUnchecked() =>
        new(_process.WaitForExit(Deadline.Usual), _process.Output.Lines, _process.Errors.Lines);

    public void Dispose()
    {
        _process.Dispose();
        _home.Dispose();
    }

    private static bool IsWatching(IReadOnlyList<string> lines) =>
        lines.Any(line => line.StartsWith(Watching, StringComparison.Ordinal));
}
