using System.CommandLine;
using Latmon.Capture;
using Latmon.Capture.Probes;
using Latmon.Output;
using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;

namespace Latmon.Commands;

/// <summary><c>latmon stat</c>: one table of percentiles per layer at the end, like <c>perf stat</c>.</summary>
internal static class StatCommand
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        Option<string?> format = new("--format") { HelpName = "text|json", Description = "text by default" };
        FilterOptions filter = new();
        ProbeOptions probes = new();
        RunOptions run = new();
        Command command = new("stat", "One table of percentiles per layer, after --for (10s) or Ctrl+C.") { format };
        filter.AddTo(command);
        probes.AddTo(command);
        run.AddTo(command, ends: true);
        command.SetAction(arguments =>
        {
            Settings settings = Settings.Read();
            bool json = IsJson(arguments.GetValue(format));
            TimeSpan duration = run.Duration(arguments) ?? DefaultDuration;
            TraceFilter terms = filter.Read(arguments, settings.Filter);
            using LogFile log = LogFile.Open(run.Log(arguments, settings));
            return Run(terms, probes.Read(arguments, settings.Probes), json, duration);
        });
        return command;
    }

    private static bool IsJson(string? format) => format switch
    {
        null or "text" => false,
        "json" => true,
        _ => throw new UsageException($"--format: \"{format}\" is not a format; use text or json."),
    };

    private static int Run(TraceFilter filter, ProbeChoice probes, bool json, TimeSpan duration)
    {
        using KernelSource source = ProbeOptions.Open(filter, probes);
        using EndSignal end = new();
        LatencyTotals totals = new(source.Resolve(filter));
        using IDisposable subscription = source.Records.Correlate(source.SpanNames).Assemble(new TraceAssembler(filter)).Subscribe(totals.Add, end.Fail);
        source.Start(end.Fail);
        Console.Error.WriteLine(WatchingText.Of(filter));
        end.Wait(duration);
        source.Stop();
        using FileStream stdout = StandardOutput.Open();
        StatTable table = new(totals);
        stdout.Write(json ? table.Json() : table.Text());
        return ExitCode.Success;
    }
}
