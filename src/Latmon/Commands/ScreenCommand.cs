using System.CommandLine;
using System.Reactive.Linq;
using Latmon.Capture;
using Latmon.Capture.Probes;
using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;
using Latmon.Tui;

namespace Latmon.Commands;

/// <summary><c>latmon</c>: the live screen.</summary>
internal static class ScreenCommand
{
    public static void Configure(RootCommand root)
    {
        FilterOptions filter = new();
        ProbeOptions probes = new();
        RunOptions run = new();
        ScreenFlags flags = new();
        filter.AddTo(root);
        probes.AddTo(root);
        run.AddTo(root, ends: false);
        flags.AddTo(root);
        root.SetAction(arguments =>
        {
            Settings settings = Settings.Read();
            ScreenOptions options = flags.Apply(arguments, settings.Screen, new ScreenOptions
            {
                Snapshots = Observable.Never<Snapshot>(),
                Filter = filter.Read(arguments, settings.Filter),
            });
            RequireTerminal();
            using LogFile log = LogFile.Open(run.Log(arguments, settings));
            return Show(options, probes.Read(arguments, settings.Probes));
        });
    }

    /// <summary>Captures by the filter of the options and shows it until the user quits.</summary>
    public static int Show(ScreenOptions options, ProbeChoice probes)
    {
        using KernelSource source = ProbeOptions.Open(options.Filter, probes, measuringCost: true);
        return Show(options, source);
    }

    /// <param name="source">Open and not started; stays the caller's.</param>
    public static int Show(ScreenOptions options, KernelSource source)
    {
        LiveWindows windows = new(source.Resolve(options.Filter), source.Names);
        TraceAssembler assembler = new(options.Filter);
        IObservable<Snapshot> snapshots = source.Records
            .Correlate(source.SpanNames).Assemble(assembler).Snapshots(windows).Publish().AutoConnect(0);
        if (source.Cost is { } cost)
        {
            cost.Requests = () => windows.Requests;
            options = options with { ProbeCost = new CostMeter(cost, cost.Requests).Read };
        }

        LatmonScreen screen = new(options with
        {
            Snapshots = snapshots,
            ApplyFilter = filter => Apply(filter, source, assembler, windows),
            Host = Environment.MachineName,
            Kernel = Environment.OSVersion.Version.ToString(3),
            BootedAt = DateTimeOffset.UtcNow - TimeSpan.FromMilliseconds(Environment.TickCount64),
            SelfUsage = new SelfMeter().Read,
            Reductions = source.Reductions,
            Save = TraceFile.Write,
        });
        source.Start(screen.Fail);
        return screen.Run();
    }

    public static void RequireTerminal()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            throw new UsageException("The screen needs a terminal; use latmon trace to write to a file or a pipe.");
        }
    }

    private static string? Apply(TraceFilter filter, KernelSource source, TraceAssembler assembler, LiveWindows windows)
    {
        try
        {
            source.Apply(filter);
            assembler.Apply(filter);
            windows.Apply(source.Resolve(filter));
            return null;
        }
        catch (CaptureException e)
        {
            return e.Message;
        }
    }
}
