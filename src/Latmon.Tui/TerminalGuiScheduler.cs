using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Terminal.Gui.App;

namespace Latmon.Tui;

/// <summary>
/// Puts work of Rx on the UI thread. One Invoke per item, so conflate before: the queue of Terminal.Gui is quadratic
/// (10 000 items drain in 17 ms, 100 000 in 1.4 s).
/// </summary>
internal sealed class TerminalGuiScheduler(IApplication app) : LocalScheduler
{
    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        SingleAssignmentDisposable work = new();
        if (dueTime <= TimeSpan.Zero)
        {
            app.Invoke(Run);
        }
        else
        {
            app.AddTimeout(dueTime, () =>
            {
                Run();
                return false;
            });
        }

        return work;

        void Run()
        {
            if (!work.IsDisposed)
            {
                work.Disposable = action(this, state);
            }
        }
    }
}
