using System.Collections.Immutable;

namespace Latmon.Pipeline.Filtering;

/// <summary>
/// What the user wants to see; the same terms on the command line, in the settings and on the screen's <c>/</c> line.
/// Terms of different kinds are joined by and, terms of one kind by or. Immutable.
/// </summary>
/// <remarks>
/// Ports, processes and the network namespace are decided in the kernel, where a socket that does not match costs
/// a look-up, and again here for the request that a trace begins with (<see cref="EntryFilter"/>); the rest is decided here only.
/// </remarks>
public sealed record TraceFilter
{
    public static readonly TraceFilter None = new();

    public ImmutableArray<int> Ports { get; init; } = [];

    /// <summary>Names (comm of the process) or decimal process ids.</summary>
    public ImmutableArray<string> Processes { get; init; } = [];

    /// <summary>A path such as <c>/run/netns/blue</c>, or a process id whose namespace is meant.</summary>
    public string? Netns { get; init; }

    /// <summary>The number of <see cref="Netns"/>, once it was looked up; 0 before.</summary>
    public uint NetnsInode { get; init; }

    public ImmutableArray<Glob> Paths { get; init; } = [];

    public ImmutableArray<StatusPattern> Statuses { get; init; } = [];

    public long MinDurationNs { get; init; }

    public string? Protocol { get; init; }

    /// <summary>Decided on finished traces alone, since a call may end up under its request later: not part of the summaries.</summary>
    public ImmutableArray<LayerTerm> Layers { get; init; } = [];

    public bool IsEmpty => ToString().Length == 0;

    /// <summary>True when something is left to decide on finished exchanges.</summary>
    public bool HasUserTerms => Paths.Length > 0 || Statuses.Length > 0 || MinDurationNs > 0 || Protocol is not null;

    /// <summary>Decides the terms that are about the request itself.</summary>
    /// <param name="path">The path as seen, without the query; empty when there is none.</param>
    /// <param name="status">0 when there is none.</param>
    public bool Matches(ReadOnlySpan<byte> path, int status, long durationNs, ReadOnlySpan<char> protocol) =>
        durationNs >= MinDurationNs
        && (Protocol is null || protocol.StartsWith(Protocol, StringComparison.OrdinalIgnoreCase))
        && (Paths.Length == 0 || AnyPath(path))
        && (Statuses.Length == 0 || AnyStatus(status));

    /// <summary>The terms as the filter line accepts them.</summary>
    public override string ToString()
    {
        IEnumerable<string> terms =
        [
            .. Ports.Select(port => $"port:{port}"),
            .. Processes.Select(process => $"proc:{process}"),
            .. Netns is null ? Array.Empty<string>() : [$"netns:{Netns}"],
            .. Paths.Select(path => $"path:{path}"),
            .. Statuses.Select(status => $"status:{status}"),
            .. MinDurationNs == 0 ? Array.Empty<string>() : [$">{LatencyText.Format(MinDurationNs)}"],
            .. Protocol is null ? Array.Empty<string>() : [$"protocol:{Protocol}"],
            .. Layers.Select(term => term.ToString()),
        ];
        return string.Join(' ', terms);
    }

    private bool AnyPath(ReadOnlySpan<byte> path)
    {
        foreach (Glob glob in Paths)
        {
            if (glob.Matches(path))
            {
                return true;
            }
        }

        return false;
    }

    private bool AnyStatus(int status)
    {
        foreach (StatusPattern pattern in Statuses)
        {
            if (pattern.Matches(status))
            {
                return true;
            }
        }

        return false;
    }
}
