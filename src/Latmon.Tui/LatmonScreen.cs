using Latmon.Tui.Output;
using Terminal.Gui.App;

namespace Latmon.Tui;

/// <summary>The live screen on the user's terminal.</summary>
public sealed class LatmonScreen(ScreenOptions options)
{
    /// <summary>Shows the screen until the user quits or a signal ends it, then gives the terminal back.</summary>
    /// <returns>0; every orderly end is a success.</returns>
    public int Run()
    {
        JobControl job = new();
        using IApplication app = Application.Create();
        app.Init("ansi");
        using ScreenSession session = new(app, options) { Stop = job.Suspend };
        using TerminalGuard guard = new(() => app.Invoke(app.RequestStop), () => app.Invoke(session.Redraw));
        using LoopPace pace = new(app);
        TerminalModes.TakeMouse(app.Driver!, session.HasMouse);
        try
        {
            app.Run(session.Window);
        }
        finally
        {
            TerminalModes.Release(app.Driver!);
            session.Remember();
        }

        return 0;
    }
}
