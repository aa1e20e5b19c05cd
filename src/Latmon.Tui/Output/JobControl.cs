using System.Runtime.InteropServices;

namespace Latmon.Tui.Output;

/// <summary>
/// Ctrl+Z: the terminal is given back as it was found, the process stops, and takes the terminal again when it goes on. A shell
/// need not restore what a stopped job has set.
/// </summary>
internal sealed partial class JobControl
{
    private const int Input = 0;
    private const int Now = 0;
    private const int Stop = 19;

    /// <summary>More than a struct termios takes on any Linux.</summary>
    private const int SettingsSize = 256;

    private readonly byte[] _found = new byte[SettingsSize];
    private readonly byte[] _ours = new byte[SettingsSize];
    private readonly bool _isTerminal;
    private volatile bool _hasOurs;

    /// <summary>Before anything is set.</summary>
    public JobControl() => _isTerminal = tcgetattr(Input, ref _found[0]) == 0;

    /// <summary>Settings as they were found: for a process that ends without unwinding its stack. Any thread.</summary>
    public void GiveBack()
    {
        if (_isTerminal)
        {
            _ = tcsetattr(Input, Now, ref _found[0]);
        }
    }

    /// <summary>After everything is set.</summary>
    public void Note() => _hasOurs = _isTerminal && tcgetattr(Input, ref _ours[0]) == 0;

    /// <summary>The process goes on: others have had the terminal meanwhile. Any thread.</summary>
    public void Retake()
    {
        if (_hasOurs)
        {
            _ = tcsetattr(Input, Now, ref _ours[0]);
        }
    }

    /// <summary>Returns when the process goes on.</summary>
    /// <param name="write">To the terminal, at once.</param>
    public void Suspend(Action<string> write)
    {
        Note();
        if (!_hasOurs)
        {
            return;
        }

        write(TerminalModes.RestoreAll);
        _ = tcsetattr(Input, Now, ref _found[0]);
        _ = kill(Environment.ProcessId, Stop);
        Retake();
        write(TerminalModes.TakeAgain);
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(int file, ref byte settings);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int file, int when, ref byte settings);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
