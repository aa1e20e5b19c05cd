using System.Runtime.ExceptionServices;
using Latmon.Tui.Output;
using Terminal.Gui.App;

namespace Latmon.Tui;

/// <summary>The live screen on the user's terminal.</summary>
public sealed class LatmonScreen(ScreenOptions options)
{
    private Exception? _failure;
    private volatile IApplication? _app;

    /// <summary>What feeds the screen has failed: <see cref="Run"/> gives the terminal back and throws that. Any thread.</summary>
    public void Fail(Exception failure)
    {
        Volatile.Write(ref _failure, failure);
        StopFailed();
    }

    /// <summary>Shows the screen until the user quits or a signal ends it, then gives the terminal back.</summary>
    /// <returns>0; every orderly end is a success.</returns>
    public int Run()
    {
        // The runtime's console notes the terminal when it is first used, and sets it so again at the end: before it is changed.
        _ = Console.TreatControlCAsInput;
        JobControl job = new();
        using (IApplication app = Application.Create())
        {
            WaitingInput.Give(app);
            app.Init("ansi");
            Show(app, job);
        }

        if (Volatile.Read(ref _failure) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return 0;
    }

    private void Show(IApplication app, JobControl job)
    {
        using SplitSequences sequences = new(app);
        using ScreenSession session = new(app, options) { Stop = job.Suspend, IsPartOfSequence = sequences.Takes };
        using TerminalGuard guard = new(job, () => app.Invoke(app.RequestStop), () => app.Invoke(session.Redraw));
        using LoopPace pace = new(app);
        TerminalModes.TakeMouse(app.Driver!, session.HasMouse);
        job.Note();
        _app = app;
        StopFailed();
        try
        {
            app.Run(session.Window);
        }
        finally
        {
            _app = null;
            TerminalModes.Release(app.Driver!);
            session.Remember();
        }
    }

    private void StopFailed()
    {
        if (Volatile.Read(ref _failure) is not null && _app is { } app)
        {
            app.Invoke(app.RequestStop);
        }
    }
}
