using System.CommandLine;
using System.Reactive.Subjects;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui;

namespace Latmon.Commands;

/// <summary><c>latmon open FILE</c>: saved traces on the same screen, without root.</summary>
internal static class OpenCommand
{
    public static Command Create()
    {
        ScreenFlags flags = new();
        FilterOptions filter = new();
        Argument<string> file = new("FILE") { Description = "traces as ndjson: of w on the screen, or of latmon trace --format ndjson" };
        Command command = new("open", "Shows saved requests on the screen, without root.") { file };
        filter.AddTo(command);
        flags.AddTo(command);
        command.SetAction(arguments =>
        {
            Settings settings = Settings.Read();
            string path = arguments.GetRequiredValue(file);
            TraceFilter chosen = filter.Read(arguments, settings.Filter);
            IReadOnlyList<Trace> traces = TraceFile.Read(path);
            ScreenCommand.RequireTerminal();
            using BehaviorSubject<Snapshot> snapshots = new(Filtered(traces, chosen));
            return new LatmonScreen(flags.Apply(arguments, settings.Screen, new ScreenOptions
            {
                Snapshots = snapshots,
                Filter = chosen,
                ApplyFilter = filter =>
                {
                    snapshots.OnNext(Filtered(traces, filter));
                    return null;
                },
                IsLive = false,
                Source = $"FILE {Path.GetFileName(path)}",
                Save = TraceFile.Write,
            })).Run();
        });
        return command;
    }

    private static Snapshot Filtered(IReadOnlyList<Trace> traces, TraceFilter filter) =>
        TraceSnapshot.Of([.. traces.Where(filter.Matches)]);
}
