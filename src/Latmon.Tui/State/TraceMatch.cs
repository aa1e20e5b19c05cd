using System.Globalization;
using System.Text;
using Latmon.Pipeline;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Tables;

namespace Latmon.Tui.State;

/// <summary>
/// A filter against traces that are already on the screen, so that typing answers at once. The terms that the kernel
/// decides are repeated here as far as a trace tells them; a network namespace is not told.
/// </summary>
internal static class TraceMatch
{
    public static bool Matches(this TraceFilter filter, Trace trace)
    {
        byte[] path = Encoding.UTF8.GetBytes(trace.Attribute("url.path") as string ?? "");
        return filter.Matches(path, RequestColumns.Status(trace), trace.DurationNs, trace.Protocol)
            && (filter.Ports.Length == 0 || filter.Ports.Any(port => HasPort(trace, port)))
            && (filter.Processes.Length == 0 || filter.Processes.Any(process => IsProcess(trace, process)));
    }

    private static bool HasPort(Trace trace, int port)
    {
        string suffix = $":{port}";
        string served = trace.Role == Role.Server ? trace.Connection.Local : trace.Connection.Remote;
        return served.EndsWith(suffix, StringComparison.Ordinal);
    }

    private static bool IsProcess(Trace trace, string process) =>
        trace.Process.Comm == process || trace.Process.Pid.ToString(CultureInfo.InvariantCulture) == process;
}
