using System.Diagnostics;

namespace Latmon.LiveTests.Machine;

/// <summary>A program that the test started: its output as lines, its exit code, signals by pid, killed at the latest when disposed.</summary>
public sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process)
    {
        _process = process;
        Output = new LineCollector(process.StandardOutput, "stdout");
        Errors = new LineCollector(process.StandardError, "stderr");
    }

    public int Pid => _process.Id;

    public LineCollector Output { get; }

    public LineCollector Errors { get; }

    public bool HasExited => _process.HasExited;

    /// <param name="hasInput">Its standard input stays open until <see cref="EndInput"/>.</param>
    public static ChildProcess Start(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, bool hasInput = false)
    {
        ProcessStartInfo start = new(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = hasInput,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (KeyValuePair<string, string?> variable in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[variable.Key] = variable.Value;
        }

        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start"));
    }

    /// <summary>Runs a short-lived program to its end and returns its standard output; its failure is a failure here.</summary>
    public static string Run(string file, params string[] arguments)
    {
        using ChildProcess child = Start(file, arguments);
        int exitCode = child.WaitForExit(Deadline.Usual);
        string output = string.Join('\n', child.Output.Lines);
        return exitCode == 0
            ? output
            : throw new InvalidOperationException(
                $"{file} {string.Join(' ', arguments)} ended with {exitCode}: {string.Join('\n', child.Errors.Lines)}");
    }

    public void EndInput() => _process.StandardInput.Close();

    public void Send(int signal) => Signal.Send(Pid, signal);

    /// <summary>Asks it to end, and returns when it has.</summary>
    public void End()
    {
        if (!HasExited)
        {
            Send(Signal.Terminate);
            WaitForExit(Deadline.Usual);
        }
    }

    /// <summary>What it says when it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended, or never said anything on its standard output; with its errors.</exception>
    public string FirstLine(string name) => Output.WaitUntil(lines => lines.Count > 0, Deadline.Usual)
        ? Output.Lines[0]
        : throw new InvalidOperationException($"{name} did not start: {string.Join('\n', Errors.Lines)}");

    /// <summary>Tries until the server does what it was started for.</summary>
    /// <exception cref="InvalidOperationException">It ended, or never did; with what it said.</exception>
    public void WaitUntil(Func<bool> serves, string name)
    {
        Deadline deadline = Deadline.In(Deadline.Usual);
        while (!serves())
        {
            // Watching for an early death is what paces the attempts.
            if (deadline.Passed || ExitsWithin(TimeSpan.FromMilliseconds(2)))
            {
                throw new InvalidOperationException($"{name} did not start: {string.Join('\n', Errors.Lines)}");
            }
        }
    }

    /// <summary>True when the process ended within the time.</summary>
    public bool ExitsWithin(TimeSpan limit) => _process.WaitForExit(limit);

    /// <summary>Waits for the end of the process and of both its streams.</summary>
    public int WaitForExit(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit) || !Output.WaitForEnd(limit) || !Errors.WaitForEnd(limit))
        {
            throw new TimeoutException(
                $"{_process.StartInfo.FileName} (pid {Pid}) did not end within {limit.TotalSeconds:0} s; " +
                $"on stderr: {string.Join('\n', Errors.Lines)}");
        }

        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signal.Send(Pid, Signal.Kill);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
