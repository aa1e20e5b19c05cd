using Microsoft.Win32.SafeHandles;

namespace Latmon.Commands;

/// <summary>
/// A line that says what the user waits for while the programs are loaded; gone when they are. Not by the runtime's console,
/// which would start a thread that keeps the privileges that are given up after attaching.
/// </summary>
internal sealed class AttachNote : IDisposable
{
    private readonly FileStream? _terminal;

    private AttachNote(FileStream? terminal) => _terminal = terminal;

    public static AttachNote Show()
    {
        FileStream? terminal = Console.IsErrorRedirected
            ? null
            : new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        terminal?.Write("latmon: loading and attaching its probes to the kernel …"u8);
        return new AttachNote(terminal);
    }

    public void Dispose()
    {
        _terminal?.Write("\r\e[K"u8);
        _terminal?.Dispose();
    }
}
