using System.Globalization;
using System.Text;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Filtering;

/// <summary>
/// A filter against finished traces: of a file, or already on the screen, so that typing answers at once. The terms that
/// the kernel decides are repeated here as far as a trace tells them; a network namespace is not told.
/// </summary>
public static class TraceMatch
{
    public static bool Matches(this TraceFilter filter, Trace trace)
    {
        byte[] path = Encoding.UTF8.GetBytes(trace.Attribute("url.path") as string ?? "");
        int status = trace.Attribute("http.response.status_code") is long code ? (int)Math.Clamp(code, 0, 999) : 0;
        return filter.Matches(path, status, trace.DurationNs, trace.Protocol)
            && (filter.Ports.Length == 0 || filter.Ports.Any(port => HasPort(trace, port)))
            && (filter.Processes.Length == 0 || filter.Processes.Any(process => IsProcess(trace, process)))
            && filter.Layers.All(term => term.Matches(trace));
    }

    private static bool HasPort(Trace trace, int port)
    {
        string served = trace.Role == Role.Server ? trace.Connection.Port : trace.Connection.RemotePort;
        return served == port.ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsProcess(Trace trace, string process) =>
        trace.Process.Comm == process || trace.Process.Pid.ToString(CultureInfo.InvariantCulture) == process;
}
