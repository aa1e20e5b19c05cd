using System.Globalization;

namespace Latmon.Capture;

/// <summary>
/// The ports that are listening now, in every network namespace: what tells the server's end of a connection that is older
/// than latmon. From /proc/PID/net/tcp, which shows the namespace of that process.
/// </summary>
internal static class ListeningPorts
{
    private const string Listening = "0A"; // TCP_LISTEN
    private const uint DefaultEphemeralFrom = 32768;

    public static IEnumerable<(uint Netns, int Port)> All(ProcessNamespaces namespaces)
    {
        foreach ((uint netns, int pid) in namespaces.All())
        {
            foreach (string file in (string[])[$"/proc/{pid}/net/tcp", $"/proc/{pid}/net/tcp6"])
            {
                foreach (int port in Ports(ReadLines(file)))
                {
                    yield return (netns, port);
                }
            }
        }
    }

    /// <summary>The first port that connect() chooses from.</summary>
    public static uint EphemeralFrom()
    {
        string? line = ReadLines("/proc/sys/net/ipv4/ip_local_port_range").FirstOrDefault();
        return uint.TryParse(line?.Split('\t', ' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint first)
            ? first
            : DefaultEphemeralFrom;
    }

    /// <summary>Lines such as <c>0: 0100007F:1F90 00000000:0000 0A …</c>; others are passed over.</summary>
    internal static IEnumerable<int> Ports(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 4 || fields[3] != Listening)
            {
                continue;
            }

            int colon = fields[1].LastIndexOf(':');
            if (int.TryParse(fields[1].AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int port))
            {
                yield return port;
            }
        }
    }

    /// <summary>A process may end while it is looked at, and IPv6 may be off.</summary>
    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
