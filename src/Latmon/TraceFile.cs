using System.Globalization;
using Latmon.Pipeline.Traces;

namespace Latmon;

/// <summary>Traces in a file, one JSON object a line: what <c>w</c> writes and <c>latmon open</c> reads.</summary>
internal static class TraceFile
{
    /// <summary>About 300 MB of memory; the file of a longer run is cut with grep or head.</summary>
    private const int MostTraces = 100_000;

    public static IReadOnlyList<Trace> Read(string path)
    {
        List<Trace> traces = [];
        try
        {
            int number = 0;
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                {
                    continue;
                }

                if (!TraceJsonReader.TryRead(System.Text.Encoding.UTF8.GetBytes(line), out Trace trace, out string error))
                {
                    throw new FailureException($"{path}, line {number} is no trace ({error}); correct or remove that line.");
                }

                traces.Add(trace);
                if (traces.Count > MostTraces)
                {
                    throw new FailureException($"{path} holds more than {MostTraces} traces; cut it with head or grep.");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{path} cannot be read; name a file of saved traces.", e);
        }

        return traces.Count > 0
            ? traces
            : throw new FailureException($"{path} holds no trace; save some with w on the screen or latmon trace --format ndjson.");
    }

    /// <summary>Writes to a new file in the current directory, that of the user who called sudo.</summary>
    /// <returns>One sentence for the status line.</returns>
    public static string Write(IReadOnlyList<Trace> traces)
    {
        string path = Path.GetFullPath(
            string.Create(CultureInfo.InvariantCulture, $"latmon-{DateTime.Now:yyyyMMdd-HHmmss-fff}.ndjson"));
        try
        {
            using FileStream file = CallerFiles.Create(path);
            using TraceJson json = new();
            foreach (Trace trace in traces)
            {
                file.Write(json.Line(trace).Span);
            }

            string what = traces.Count == 1 ? "1 request" : $"{traces.Count} requests";
            return $"saved {what}: latmon open {path}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"not saved, {path} cannot be written; start latmon in a directory that can";
        }
    }
}
