using System.Globalization;
using System.Text.Json;

namespace Latmon.LiveTests.Machine;

/// <summary>
/// BPF programs, links and maps that one process holds, by their numbers, which the kernel does not use again; so
/// another latmon on the same machine does not disturb.
/// </summary>
public sealed record KernelObjects(IReadOnlySet<int> Programs, IReadOnlySet<int> Links, IReadOnlySet<int> Maps)
{
    private const string Bpftool = "/usr/sbin/bpftool";

    /// <summary>Taken from /proc: every file descriptor of a BPF object says its number there.</summary>
    public static KernelObjects Of(int pid)
    {
        HashSet<int> programs = [];
        HashSet<int> links = [];
        HashSet<int> maps = [];
        foreach (string file in Directory.EnumerateFiles($"/proc/{pid}/fdinfo"))
        {
            foreach (string line in ReadLines(file))
            {
                Add(line, "prog_id:", programs);
                Add(line, "link_id:", links);
                Add(line, "map_id:", maps);
            }
        }

        return new KernelObjects(programs, links, maps);
    }

    public bool AreGoneWithin(TimeSpan limit)
    {
        Deadline deadline = Deadline.In(limit);
        bool gone;
        do
        {
            // Each look takes bpftool tens of milliseconds; that is pause enough.
            gone = !Programs.Overlaps(Listed("prog")) && !Links.Overlaps(Listed("link")) && !Maps.Overlaps(Listed("map"));
        }
        while (!gone && !deadline.Passed);

        return gone;
    }

    /// <summary>What bpftool says of its maps that exist now.</summary>
    public IReadOnlyList<JsonElement> DescribeMaps() => Describe("map", Maps);

    /// <summary>What bpftool says of its links that exist now.</summary>
    public IReadOnlyList<JsonElement> DescribeLinks() => Describe("link", Links);

    public override string ToString() =>
        $"programs {string.Join(' ', Programs.Intersect(Listed("prog")))}, links {string.Join(' ', Links.Intersect(Listed("link")))}, " +
        $"maps {string.Join(' ', Maps.Intersect(Listed("map")))}";

    private static List<JsonElement> Describe(string kind, IReadOnlySet<int> numbers)
    {
        using JsonDocument document = JsonDocument.Parse(ChildProcess.Run(Bpftool, "-j", kind, "list"));
        return [.. document.RootElement.EnumerateArray().Where(entry => numbers.Contains(entry.GetProperty("id").GetInt32())).Select(entry => entry.Clone())];
    }

    /// <summary>Entries begin with their number, as in <c>12: tracing  name handle  tag …</c>; the lines below them are indented.</summary>
    private static List<int> Listed(string kind) =>
    [
        .. ChildProcess.Run(Bpftool, kind, "list").Split('\n')
            .Where(line => line.Length > 0 && char.IsAsciiDigit(line[0]))
            .Select(line => int.Parse(line.AsSpan(0, line.IndexOf(':', StringComparison.Ordinal)), CultureInfo.InvariantCulture)),
    ];

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            // Descriptors come and go while they are listed.
            return [];
        }
    }

    private static void Add(string line, string name, HashSet<int> numbers)
    {
        if (line.StartsWith(name, StringComparison.Ordinal))
        {
            numbers.Add(int.Parse(line.AsSpan(name.Length).Trim(), CultureInfo.InvariantCulture));
        }
    }
}
