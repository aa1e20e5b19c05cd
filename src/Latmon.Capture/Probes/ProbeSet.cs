using System.Collections.Immutable;
using System.Text;
using Latmon.Pipeline.Filtering;

namespace Latmon.Capture.Probes;

/// <summary>The spans of one definition file, and which files on disk they are in.</summary>
/// <param name="Patterns">Of the last part of a path, or of the whole when there is a slash in it.</param>
internal sealed record ProbeSet(string Name, ImmutableArray<string> Patterns, bool IsEnabled, ImmutableArray<SpanProbe> Spans)
{
    /// <summary>Not of a file: the TLS library, whose probes are programs of their own.</summary>
    public static readonly ProbeSet Tls = new("tls", [TlsPlan.Files], IsEnabled: false, []);

    private readonly ImmutableArray<Glob> _names = Globs(Patterns, withSlash: false);
    private readonly ImmutableArray<Glob> _paths = Globs(Patterns, withSlash: true);

    /// <param name="path">UTF-8, absolute.</param>
    public bool IsIn(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = path[(path.LastIndexOf((byte)'/') + 1)..];
        return Matches(_names, name) || Matches(_paths, path);
    }

    public bool IsIn(string path) => IsIn(Encoding.UTF8.GetBytes(path));

    private static bool Matches(ImmutableArray<Glob> globs, ReadOnlySpan<byte> text)
    {
        foreach (Glob glob in globs)
        {
            if (glob.Matches(text))
            {
                return true;
            }
        }

        return false;
    }

    private static ImmutableArray<Glob> Globs(ImmutableArray<string> patterns, bool withSlash) =>
        [.. patterns.Where(pattern => pattern.Contains('/', StringComparison.Ordinal) == withSlash).Select(pattern => new Glob(pattern))];
}
