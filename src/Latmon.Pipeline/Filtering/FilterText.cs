using System.Globalization;

namespace Latmon.Pipeline.Filtering;

/// <summary>
/// The filter line: blank-separated terms <c>port:80 proc:nginx netns:/run/netns/blue path:/api/* status:5xx
/// protocol:http &gt;50ms layer:db&gt;20ms</c>; a bare word is a path fragment.
/// </summary>
public static class FilterText
{
    /// <summary>Parses a whole line. On failure <paramref name="error"/> is one sentence that names the term.</summary>
    public static bool TryParse(string text, out TraceFilter filter, out string error)
    {
        filter = TraceFilter.None;
        foreach (string term in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryAdd(ref filter, term, out error))
            {
                return false;
            }
        }

        error = "";
        return true;
    }

    /// <summary>Adds one term of the line to <paramref name="filter"/>.</summary>
    public static bool TryAdd(ref TraceFilter filter, string term, out string error)
    {
        if (term[0] == '>')
        {
            return TryAddMinDuration(ref filter, term[1..], out error);
        }

        int colon = term.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            string glob = term.StartsWith('/') || term.Contains('*', StringComparison.Ordinal) ? term : $"*{term}*";
            return TryAddPath(ref filter, glob, out error);
        }

        string value = term[(colon + 1)..];
        return term[..colon] switch
        {
            "port" => TryAddPort(ref filter, value, out error),
            "proc" or "process" or "pid" => TryAddProcess(ref filter, value, out error),
            "netns" => TrySetNetns(ref filter, value, out error),
            "path" => TryAddPath(ref filter, value, out error),
            "status" => TryAddStatus(ref filter, value, out error),
            "protocol" => TrySetProtocol(ref filter, value, out error),
            "layer" => TryAddLayer(ref filter, value, out error),
            var unknown => Refuse(
                $"\"{unknown}:\" is not a filter; use port:, proc:, netns:, path:, status:, protocol:, layer: or >50ms", out error),
        };
    }

    public static bool TryAddPort(ref TraceFilter filter, string value, out string error)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
        {
            return Refuse($"\"{value}\" is not a port; use a number from 1 to 65535", out error);
        }

        filter = filter with { Ports = filter.Ports.Contains(port) ? filter.Ports : filter.Ports.Add(port) };
        return Accept(out error);
    }

    public static bool TryAddProcess(ref TraceFilter filter, string value, out string error)
    {
        if (value.Length == 0)
        {
            return Refuse("a process filter needs a name or a process id", out error);
        }

        filter = filter with { Processes = filter.Processes.Contains(value) ? filter.Processes : filter.Processes.Add(value) };
        return Accept(out error);
    }

    public static bool TrySetNetns(ref TraceFilter filter, string value, out string error)
    {
        if (value.Length == 0)
        {
            return Refuse("a network namespace filter needs a path or a process id", out error);
        }

        filter = filter with { Netns = value };
        return Accept(out error);
    }

    public static bool TryAddPath(ref TraceFilter filter, string value, out string error)
    {
        if (value.Length == 0)
        {
            return Refuse("a path filter needs a pattern such as /api/*", out error);
        }

        filter = filter with { Paths = filter.Paths.Add(new Glob(value)) };
        return Accept(out error);
    }

    public static bool TryAddStatus(ref TraceFilter filter, string value, out string error)
    {
        if (!StatusPattern.TryParse(value, out StatusPattern pattern))
        {
            return Refuse($"\"{value}\" is not a status; use 404 or 5xx", out error);
        }

        filter = filter with { Statuses = filter.Statuses.Add(pattern) };
        return Accept(out error);
    }

    public static bool TrySetProtocol(ref TraceFilter filter, string value, out string error)
    {
        if (value.Length == 0)
        {
            return Refuse("a protocol filter needs a name such as http", out error);
        }

        filter = filter with { Protocol = value };
        return Accept(out error);
    }

    public static bool TryAddLayer(ref TraceFilter filter, string value, out string error)
    {
        if (!LayerTerm.TryParse(value, out LayerTerm term, out error))
        {
            return false;
        }

        filter = filter with { Layers = filter.Layers.Add(term) };
        return Accept(out error);
    }

    public static bool TryAddMinDuration(ref TraceFilter filter, string value, out string error)
    {
        if (!DurationText.TryParse(value, out long ns))
        {
            return Refuse($"\"{value}\" is not a duration; use 10ms, 250us or 1.5s", out error);
        }

        filter = filter with { MinDurationNs = ns };
        return Accept(out error);
    }

    private static bool Accept(out string error)
    {
        error = "";
        return true;
    }

    private static bool Refuse(string sentence, out string error)
    {
        error = sentence;
        return false;
    }
}
