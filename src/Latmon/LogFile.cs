using Latmon.Bpf;

namespace Latmon;

/// <summary>Where messages of libbpf and the verifier go: the file of <c>--log</c>, or nowhere; never the terminal.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly StreamWriter? _writer;

    private LogFile(StreamWriter? writer)
    {
        _writer = writer;
        LibbpfLog.WriteTo(writer ?? TextWriter.Null);
    }

    public static LogFile Open(string? path)
    {
        if (path is null)
        {
            return new LogFile(null);
        }

        try
        {
            return new LogFile(new StreamWriter(path, append: true) { AutoFlush = true });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--log: {path} cannot be written; choose a file in a directory that exists.", e);
        }
    }

    public void Dispose()
    {
        LibbpfLog.WriteTo(TextWriter.Null);
        _writer?.Dispose();
    }
}
