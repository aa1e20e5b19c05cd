using System.Runtime.InteropServices;
using System.Text;

namespace Latmon.Tui.Output;

/// <summary>
/// The terminal is given back however the process ends. Terminal.Gui does it on a normal exit and for an exception on the
/// UI thread; this covers the signals, exceptions of other threads, and a terminal that is gone.
/// </summary>
internal sealed class TerminalGuard : IDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private static readonly PosixSignalRegistration[] Nothing = [];

    /// <summary>Kept referenced: a collected registration is silently removed.</summary>
    private readonly PosixSignalRegistration[] _registrations;

    private readonly JobControl _job;
    private readonly Timer _watch;
    private readonly string _terminal = Terminal();

    /// <param name="job">Made before anything was set.</param>
    /// <param name="stop">Asks the screen to end; called on any thread.</param>
    /// <param name="redraw">After the process was stopped and continued, others have written on the screen.</param>
    public TerminalGuard(JobControl job, Action stop, Action redraw)
    {
        _job = job;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop)),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => Stop(context, stop)),

            // Not cancelled: the input thread of Terminal.Gui spins on a terminal that hung up, and its end waits for it.
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => Restore()),
            .. OperatingSystem.IsLinux() ? [PosixSignalRegistration.Create(PosixSignal.SIGCONT, context => Continue(context, redraw))] : Nothing,
        ];
        AppDomain.CurrentDomain.UnhandledException += OnUnhandled;
        _watch = new Timer(_ => ExitWhenTerminalIsGone(), null, WatchInterval, WatchInterval);
    }

    public void Dispose()
    {
        _watch.Dispose();
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandled;
        Array.ForEach(_registrations, registration => registration.Dispose());
    }

    private static void Stop(PosixSignalContext context, Action stop)
    {
        context.Cancel = true;
        stop();
    }

    /// <summary>Cancelled, because the runtime would set the terminal as it knows it, behind our back and after us.</summary>
    private void Continue(PosixSignalContext context, Action redraw)
    {
        context.Cancel = true;
        _job.Retake();
        redraw();
    }

    private void OnUnhandled(object sender, UnhandledExceptionEventArgs e) => Restore();

    private void Restore()
    {
        _job.GiveBack();
        try
        {
            using FileStream terminal = new("/dev/tty", FileMode.Open, FileAccess.Write);
            terminal.Write(Encoding.ASCII.GetBytes(TerminalModes.RestoreAll));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No terminal is left to restore.
        }
    }

    /// <summary>
    /// With SIGHUP ignored (nohup, some wrappers) nothing tells that the terminal hung up, and the input thread would spin
    /// for ever. The name of a pseudo-terminal is removed when its other end is closed.
    /// </summary>
    private void ExitWhenTerminalIsGone()
    {
        if (_terminal.StartsWith("/dev/pts/", StringComparison.Ordinal) && Terminal() != _terminal)
        {
            const int KilledByHangup = 129;
            Environment.Exit(KilledByHangup);
        }
    }

    private static string Terminal()
    {
        try
        {
            return new FileInfo("/proc/self/fd/1").LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
