using System.Globalization;
using System.Runtime.InteropServices;
using Latmon.Pipeline.Traces;

namespace Latmon;

/// <summary>Traces in a file, one JSON object a line: what <c>w</c> writes and <c>latmon open</c> reads.</summary>
internal static partial class TraceFile
{
    /// <summary>About 300 MB of memory; the file of a longer run is cut with grep or head.</summary>
    private const int MostTraces = 100_000;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

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
            // A new file only: never through a link that somebody put there.
            using FileStream file = new(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
            });
            using TraceJson json = new();
            foreach (Trace trace in traces)
            {
                file.Write(json.Line(trace).Span);
            }

            GiveToCaller(file);
            string what = traces.Count == 1 ? "1 request" : $"{traces.Count} requests";
            return $"saved {what}: latmon open {path}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"not saved, {path} cannot be written; start latmon in a directory that can";
        }
    }

    /// <summary>Whoever ran sudo can then open it without.</summary>
    private static void GiveToCaller(FileStream file)
    {
        if (uint.TryParse(Environment.GetEnvironmentVariable("SUDO_UID"), out uint user)
            && uint.TryParse(Environment.GetEnvironmentVariable("SUDO_GID"), out uint group))
        {
            file.Flush();
            _ = fchown((int)file.SafeFileHandle.DangerousGetHandle(), user, group);
        }
    }

    [LibraryImport("libc")]
    private static partial int fchown(int file, uint user, uint group);
}
