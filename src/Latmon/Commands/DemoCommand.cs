using System.CommandLine;
using Latmon.Capture;
using Latmon.Capture.Probes;
using Latmon.Demo;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;
using Latmon.Tui;

namespace Latmon.Commands;

/// <summary><c>latmon demo</c>: a sample service with a database-like dependency on loopback, its users, and the screen on it.</summary>
internal static class DemoCommand
{
    /// <summary>A port below those that the sample service gets.</summary>
    private static readonly TraceFilter Nothing = TraceFilter.None with { Ports = [1] };

    public static Command Create()
    {
        ScreenFlags flags = new();
        RunOptions run = new();
        Command command = new("demo", "Starts a small sample service on loopback and shows it; everything ends with the screen.");
        flags.AddTo(command);
        run.AddTo(command, ends: false);
        command.SetAction(arguments =>
        {
            Settings settings = Settings.Read();
            ScreenCommand.RequireTerminal();
            using LogFile log = LogFile.Open(run.Log(arguments, settings));
            // First, because the sample's threads would keep the privileges that this gives up.
            using KernelSource source = KernelSource.Open(Nothing).MeasuringCost().WithoutPrivileges();
            using SampleService service = SampleService.Start();
            using SampleUsers users = SampleUsers.Start(service.Port);
            ScreenOptions options = new()
            {
                Snapshots = System.Reactive.Linq.Observable.Never<Snapshot>(),
                Filter = TraceFilter.None with { Ports = [service.Port] },
            };
            source.Apply(options.Filter);
            return ScreenCommand.Show(flags.Apply(arguments, settings.Screen, options), source);
        });
        return command;
    }
}
