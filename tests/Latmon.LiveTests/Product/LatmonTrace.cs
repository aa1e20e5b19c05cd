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

    private LatmonTrace(string file, IEnumerable<string> arguments)
    {
        _process = ChildProcess.Start(file, arguments, LatmonBinary.Environment(_home.Path));
    }

    /// <summary>No trace of this run can have begun before.</summary>
    public long StartUnixNs { get; } = Moment.UnixNow;

    public int Pid => _process.Pid;

    public IReadOnlyList<string> Errors => _process.Errors.Lines;

    public static LatmonTrace Start(params string[] options) =>
        Begin(new LatmonTrace(LatmonBinary.Path, ["trace", "--format", "ndjson", .. options]));

    public static LatmonTrace OfPort(int port, params string[] options) => Start(["--port", Text(port), .. options]);

    /// <summary>As user nobody with nothing but these capabilities.</summary>
    /// <param name="copy">Of the binary, where everybody may read it.</param>
    public static LatmonTrace AsOrdinaryUser(string copy, string[] capabilities, params string[] options)
    {
        (string file, string[] all) = Capabilities.OrdinaryUserWith(capabilities, copy, ["trace", "--format", "ndjson", .. options]);
        return Begin(new LatmonTrace(file, all));
    }

    /// <summary>Lines go to a file, for more of them than this process should handle while it measures.</summary>
    public static LatmonTrace IntoFile(string file, int port, params string[] options)
    {
        string[] latmon = [LatmonBinary.Path, "trace", "--format", "ndjson", "--port", Text(port), .. options];
        return Begin(new LatmonTrace("/bin/sh", ["-c", "exec \"$@\" > \"$0\"", file, .. latmon]));
    }

    /// <summary>Waits until what has been reported meets a condition that is more than a number.</summary>
    public void WaitUntil(Func<IEnumerable<TraceLine>, bool> condition) => Assert.True(
        _process.Output.WaitUntil(lines => condition(lines.Select(TraceLine.Parse)), Deadline.Usual),
        $"Waited in vain; reported so far:\n{string.Join('\n', _process.Output.Lines.TakeLast(30))}");

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

    /// <summary>Stands still until <see cref="Continue"/>: what the kernel hands over stays in the ring.</summary>
    public void Pause() => _process.Send(Signal.Stop);

    public void Continue() => _process.Send(Signal.Continue);

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
        TraceInvariants invariants = new(StartUnixNs, Moment.UnixNow);
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

    /// <summary>Ends a run <see cref="IntoFile"/>; its lines are the test's to check.</summary>
    public FinalCount StopWithoutLines()
    {
        _process.Send(Signal.Interrupt);
        int exitCode = _process.WaitForExit(TimeSpan.FromSeconds(30));
        Assert.True(exitCode == 0, $"Exit code {exitCode}; on stderr: {string.Join('\n', Errors)}");
        FinalCount? count = FinalCount.Find(Errors);
        Assert.True(count is not null, $"No final count on stderr: {string.Join('\n', Errors)}");
        return count;
    }

    /// <summary>True when it ended within the time.</summary>
    public bool ExitsWithin(TimeSpan limit) => _process.ExitsWithin(limit);

    /// <summary>For runs that end in another way than by their own will.</summary>
    public FinishedRun EndUnchecked() =>
        new(_process.WaitForExit(Deadline.Usual), _process.Output.Lines, _process.Errors.Lines);

    public void Dispose()
    {
        _process.Dispose();
        _home.Dispose();
    }

    private static LatmonTrace Begin(LatmonTrace started)
    {
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

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static bool IsWatching(IReadOnlyList<string> lines) =>
        lines.Any(line => line.StartsWith(Watching, StringComparison.Ordinal));
}
