using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>
/// Where libbpf's own messages go, the verifier's log among them: to one writer, never to the terminal. Process-wide,
/// because libbpf has one print function; called on whichever thread talks to libbpf.
/// </summary>
public static unsafe class LibbpfLog
{
    /// <summary>A verifier's log comes as one message, and its reason stands in the last line.</summary>
    private const int MessageBytes = 1024 * 1024;
    private const int DebugLevel = 2; // LIBBPF_DEBUG

    private static readonly Lock Gate = new();
    private static TextWriter _writer = TextWriter.Null;

    /// <summary>The writer stays the caller's, and must outlive every use of libbpf or be replaced first.</summary>
    public static void WriteTo(TextWriter writer)
    {
        lock (Gate)
        {
            _writer = writer;
        }

        Libbpf.libbpf_set_print(&Print);
    }

    [UnmanagedCallersOnly]
    private static int Print(int level, byte* format, nint arguments)
    {
        if (level >= DebugLevel)
        {
            return 0;
        }

        byte[] message = new byte[MessageBytes];
        fixed (byte* buffer = message)
        {
            int length = Libc.vsnprintf(buffer, MessageBytes, format, arguments);
            return Append(message.AsSpan(0, Math.Clamp(length, 0, MessageBytes - 1)));
        }
    }

    /// <summary>An exception must not cross back into libbpf; a log that cannot be written is not worth dying for.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Append(ReadOnlySpan<byte> message)
    {
        try
        {
            lock (Gate)
            {
                _writer.Write(Encoding.UTF8.GetString(message));
                _writer.Flush();
            }
        }
        catch (IOException)
        {
            return 0;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }

        return message.Length;
    }
}
