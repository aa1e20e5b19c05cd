using System.CommandLine;
using Latmon.Pipeline.Filtering;

namespace Latmon.Commands;

/// <summary>The filter flags, the same on every command that shows requests.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string[]> _port = Many("--port", "N", "only connections to this local port; may be repeated");
    private readonly Option<string[]> _process = Many("--process", "NAME|PID", "only requests read by this process; may be repeated");
    private readonly Option<string?> _netns = One("--netns", "PATH|PID", "only this network namespace");
    private readonly Option<string[]> _path = Many("--path", "GLOB", "only paths like this; may be repeated");
    private readonly Option<string[]> _status = Many("--status", "5xx", "only this status or class of them; may be repeated");
    private readonly Option<string?> _minDuration = One("--min-duration", "10ms", "only requests that took at least this long");
    private readonly Option<string?> _protocol = One("--protocol", "NAME", "only this protocol, such as http");

    public void AddTo(Command command)
    {
        command.Options.Add(_port);
        command.Options.Add(_process);
        command.Options.Add(_netns);
        command.Options.Add(_path);
        command.Options.Add(_status);
        command.Options.Add(_minDuration);
        command.Options.Add(_protocol);
    }

    /// <summary>Flags replace the settings' terms of the same kind.</summary>
    public TraceFilter Read(ParseResult arguments, TraceFilter settings)
    {
        TraceFilter filter = settings;
        filter = Replace(arguments, _port, filter with { Ports = [] }, filter, FilterText.TryAddPort);
        filter = Replace(arguments, _process, filter with { Processes = [] }, filter, FilterText.TryAddProcess);
        filter = Replace(arguments, _path, filter with { Paths = [] }, filter, FilterText.TryAddPath);
        filter = Replace(arguments, _status, filter with { Statuses = [] }, filter, FilterText.TryAddStatus);
        filter = Replace(arguments, _netns, filter, FilterText.TrySetNetns);
        filter = Replace(arguments, _minDuration, filter, FilterText.TryAddMinDuration);
        return Replace(arguments, _protocol, filter, FilterText.TrySetProtocol);
    }

    private delegate bool Add(ref TraceFilter filter, string value, out string error);

    private static Option<string[]> Many(string name, string help, string description) => new(name)
    {
        HelpName = help,
        Description = description,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private static Option<string?> One(string name, string help, string description) =>
        new(name) { HelpName = help, Description = description };

    private static TraceFilter Replace(
        ParseResult arguments, Option<string[]> option, TraceFilter emptied, TraceFilter current, Add add)
    {
        string[] values = arguments.GetValue(option) ?? [];
        return values.Length == 0 ? current : values.Aggregate(emptied, (filter, value) => With(option, filter, value, add));
    }

    private static TraceFilter Replace(ParseResult arguments, Option<string?> option, TraceFilter current, Add add) =>
        arguments.GetValue(option) is { } value ? With(option, current, value, add) : current;

    private static TraceFilter With(Option option, TraceFilter filter, string value, Add add) =>
        add(ref filter, value, out string error) ? filter : throw new UsageException($"{option.Name}: {error}.");
}
