using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;

namespace Latmon.Tui.Output;

/// <summary>
/// Input that waits in the kernel. Terminal.Gui's looks for some fifty times a second and sleeps by a timer in between, which wakes
/// two threads more each time: 1 % of a core while nothing happens (2.8 % in all before, 1.8 % with this).
/// </summary>
internal sealed partial class WaitingInput : AnsiInput
{
    private const int StandardInput = 0;
    private const short Readable = 1; // POLLIN

    /// <summary>The end of the screen waits for the thread that waits here.</summary>
    private const int LongestMs = 100;

    /// <summary>Before <see cref="IApplication.Init"/>. There is no public way to give an application another input than a driver's own.</summary>
    public static void Give(IApplication app) => FactoryOf(app) = new AnsiComponentFactory(new WaitingInput(), null, null);

    public override bool Peek()
    {
        PollEntry entry = new() { File = StandardInput, Events = Readable };
        _ = poll(ref entry, 1, LongestMs);
        return base.Peek();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_componentFactory")]
    private static extern ref IComponentFactory? FactoryOf([UnsafeAccessorType("Terminal.Gui.App.ApplicationImpl, Terminal.Gui")] object app);

    [LibraryImport("libc")]
    private static partial int poll(ref PollEntry entries, ulong count, int timeoutMs);

    /// <summary>struct pollfd, poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Events;
        public short Happened;
    }
}
