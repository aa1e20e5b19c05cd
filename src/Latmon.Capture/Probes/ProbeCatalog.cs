using System.Collections.Immutable;
using Latmon.Pipeline.Correlation;

namespace Latmon.Capture.Probes;

/// <summary>
/// All definitions: those that come with latmon, those of the machine and those of the user, of which a later one replaces an
/// earlier one of the same file name. A file that cannot be used is a problem, never a failure.
/// </summary>
public sealed class ProbeCatalog
{
    private const string BuiltIn = "probes/";
    private const string OfMachine = "/etc/latmon/probes";
    private const string OfUser = ".config/latmon/probes";

    private ProbeCatalog(ImmutableArray<ProbeSet> sets, SpanNames names, ImmutableArray<string> problems)
    {
        Sets = sets;
        Names = names;
        Problems = problems;
    }

    /// <summary>What the numbers in the records mean.</summary>
    public SpanNames Names { get; }

    /// <summary>One sentence for each file that cannot be used.</summary>
    public ImmutableArray<string> Problems { get; }

    internal ImmutableArray<ProbeSet> Sets { get; }

    public static ProbeCatalog Read()
    {
        List<string> folders = [OfMachine];
        if (Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home)
        {
            folders.Add(Path.Combine(home, OfUser));
        }

        return Read(folders);
    }

    internal static ProbeCatalog Read(IEnumerable<string> folders)
    {
        SortedDictionary<string, (string Origin, Func<byte[]> Content)> files = new(StringComparer.Ordinal);
        foreach (string resource in BuiltInNames())
        {
            files[resource[BuiltIn.Length..]] = (resource, () => Resource(resource));
        }

        foreach (string file in folders.SelectMany(FilesOf))
        {
            files[Path.GetFileName(file)] = (file, () => File.ReadAllBytes(file));
        }

        ProbeSetReader reader = new();
        foreach ((string origin, Func<byte[]> content) in files.Values)
        {
            reader.Add(origin, content);
        }

        return new ProbeCatalog([.. reader.Sets], new SpanNames([.. reader.Names]), [.. reader.Problems]);
    }

    /// <summary>The sets that are switched on: by their files, or instead by name.</summary>
    /// <exception cref="CaptureException">There are none of that name.</exception>
    internal ImmutableArray<ProbeSet> Choose(ProbeChoice choice)
    {
        ImmutableArray<ProbeSet> tls = choice.Tls ? [ProbeSet.Tls] : [];
        if (choice.Names.IsEmpty)
        {
            return [.. Sets.Where(set => set.IsEnabled), .. tls];
        }

        string? unknown = choice.Names.FirstOrDefault(name => Sets.All(set => set.Name != name) && name != ProbeChoice.None);
        return unknown is null
            ? [.. Sets.Where(set => choice.Names.Contains(set.Name)), .. tls]
            : throw new CaptureException(
                $"There are no probes named {unknown}; use {string.Join(", ", Sets.Select(set => set.Name))} or {ProbeChoice.None}.",
                CaptureFailure.Usage);
    }

    private static IEnumerable<string> BuiltInNames() => typeof(ProbeCatalog).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(BuiltIn, StringComparison.Ordinal));

    private static byte[] Resource(string name)
    {
        using Stream stream = typeof(ProbeCatalog).Assembly.GetManifestResourceStream(name)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string[] FilesOf(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

/// <summary>Which probes the user asked for by name; empty: those that their definitions switch on.</summary>
/// <param name="Tls">The plaintext heads of TLS connections are wanted.</param>
/// <param name="StandIns">Whether programs on the kernel's hooks have stand-ins; null where the kernel decides that.</param>
public sealed record ProbeChoice(ImmutableArray<string> Names, bool Tls = false, bool? StandIns = null)
{
    public const string None = "none";

    public static readonly ProbeChoice AsDefined = new([]);
}
