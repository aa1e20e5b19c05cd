using System.Reactive.Concurrency;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Drawing;
using Latmon.Tui.Output;

namespace Latmon.Tui;

/// <summary>All that the screen needs from outside.</summary>
public sealed record ScreenOptions
{
    /// <summary>May come from any thread and at any rate; the screen takes the latest at its own pace.</summary>
    public required IObservable<Snapshot> Snapshots { get; init; }

    /// <summary>The filter in force at the start.</summary>
    public TraceFilter Filter { get; init; } = TraceFilter.None;

    /// <summary>Puts a filter in force, kernel part included; one sentence when it could not. Called on the UI thread.</summary>
    public Func<TraceFilter, string?> ApplyFilter { get; init; } = _ => null;

    /// <summary>Host name, for the first line.</summary>
    public string Host { get; init; } = "";

    /// <summary>Kernel release, for the first line.</summary>
    public string Kernel { get; init; } = "";

    /// <summary>The word shown while the screen is not paused: <c>LIVE</c>, <c>REPLAY</c>, <c>FILE</c>.</summary>
    public string Source { get; init; } = "LIVE";

    /// <summary>False for saved requests: there are no events, nothing is lost, and rates and percentiles are of these alone.</summary>
    public bool IsLive { get; init; } = true;

    /// <summary>Read with every snapshot that is taken.</summary>
    public Func<SelfUsage>? SelfUsage { get; init; }

    /// <summary>Read with every snapshot that is taken.</summary>
    public Func<ProbeCost>? ProbeCost { get; init; }

    /// <summary>What this machine does not show, and what that means for the figures: one sentence each.</summary>
    public IReadOnlyList<string> Reductions { get; init; } = [];

    /// <summary>When the host was started, for the first line.</summary>
    public DateTimeOffset? BootedAt { get; init; }

    /// <summary>Writes requests to a file; answers with one sentence for the status line. Called on the UI thread.</summary>
    public Func<IReadOnlyList<Trace>, string>? Save { get; init; }

    public ColorMode Color { get; init; } = ColorMode.Auto;

    public ThemeName Theme { get; init; } = ThemeName.Usual;

    /// <summary>Colours by name of what they are for; see <see cref="ScreenColors.Check"/>.</summary>
    public IReadOnlyDictionary<string, string> Colors { get; init; } = new Dictionary<string, string>();

    /// <summary>What the run before left in <see cref="Remember"/>; null when there was none.</summary>
    public string? Remembered { get; init; }

    /// <summary>Takes a text for the next run: panes, sizes, theme, mouse. Called once, at the end.</summary>
    public Action<string>? Remember { get; init; }

    /// <summary>ASCII even where the locale has UTF-8.</summary>
    public bool Ascii { get; init; }

    /// <summary>Wheel and click. Off leaves the mouse to the terminal, for selecting text.</summary>
    public bool Mouse { get; init; } = true;

    /// <summary>Shortest time between two frames; changed with + and -.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Paces the snapshots; virtual in tests. Null is the usual one, which starts a thread when it is first named.</summary>
    internal IScheduler? Pace { get; init; }

    /// <summary>Takes the frames instead of the terminal.</summary>
    internal Action<string>? Output { get; init; }

    internal Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;
}

/// <summary>What the tool itself costs.</summary>
/// <param name="CpuPercent">Of one core.</param>
public readonly record struct SelfUsage(double CpuPercent, long ResidentBytes);

/// <summary>What the tool costs the observed processes.</summary>
/// <param name="NsPerRequest">Measured; null when it is not known.</param>
/// <param name="CorePercent">Of one core, at the present rate.</param>
/// <param name="IsLeast">A part of it could not be measured.</param>
public readonly record struct ProbeCost(double? NsPerRequest, double CorePercent, bool IsLeast)
{
    /// <summary>Why it will not be known; empty when it is, or will be with the first requests.</summary>
    public string Missing { get; private init; } = "";

    public static ProbeCost Unknown(string missing) => new(null, 0, false) { Missing = missing };
}
