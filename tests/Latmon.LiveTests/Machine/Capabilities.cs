using System.Globalization;

namespace Latmon.LiveTests.Machine;

/// <summary>Capability sets of one thread, from its status in /proc, and the command that starts a program with only some.</summary>
public sealed record Capabilities(string Thread, ulong Permitted, ulong Effective, ulong Inheritable, ulong Ambient, bool NoNewPrivileges)
{
    public const ulong Bpf = 1ul << 39;
    public const int OrdinaryUser = 65534;

    /// <summary>Every thread has its own.</summary>
    public static IReadOnlyList<Capabilities> OfThreads(int pid) =>
        [.. Directory.EnumerateDirectories($"/proc/{pid}/task").Select(task => Parse(File.ReadAllLines($"{task}/status")))];

    /// <param name="names">As setpriv(1) calls them, such as <c>bpf</c>.</param>
    public static (string File, string[] Arguments) OrdinaryUserWith(string[] names, string file, IEnumerable<string> arguments)
    {
        string only = string.Concat(["-all", .. names.Select(name => $",+{name}")]);
        string user = OrdinaryUser.ToString(CultureInfo.InvariantCulture);
        return ("/usr/bin/setpriv",
        [
            $"--reuid={user}", $"--regid={user}", "--clear-groups",
            $"--bounding-set={only}", $"--inh-caps={only}", $"--ambient-caps={only}", file, .. arguments,
        ]);
    }

    private static Capabilities Parse(string[] status)
    {
        string Value(string name) => status.Single(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();
        ulong Set(string name) => ulong.Parse(Value(name), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new Capabilities(
            Value("Name"), Set("CapPrm"), Set("CapEff"), Set("CapInh"), Set("CapAmb"), NoNewPrivileges: Value("NoNewPrivs") == "1");
    }
}
