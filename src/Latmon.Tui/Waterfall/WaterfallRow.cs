using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Waterfall;

/// <summary>One line of a waterfall. Times count from the first request byte of the root.</summary>
/// <param name="Subject">What the line stands for: the source of its texts.</param>
internal sealed record WaterfallRow(string Label, int Depth, Ink Ink, BarSubject Subject)
{
    /// <summary>Where the bar lies; several pieces for a row that stands for many alike calls; none when unknown.</summary>
    public ImmutableArray<Piece> Pieces { get; init; } = [];

    /// <summary>Null when it could not be measured.</summary>
    public long? DurationNs { get; init; }

    /// <summary>Without the calls that it waited for; null where there are none.</summary>
    public long? SelfNs { get; init; }

    public Evidence Evidence { get; init; } = Evidence.Measured;

    public BarStyle Style { get; init; } = BarStyle.Solid;

    /// <summary>Written where the bar would be, or after it when there is room.</summary>
    public string Remark { get; init; } = "";

    /// <summary>Something went wrong here; the remark says what.</summary>
    public bool IsTrouble { get; init; }

    /// <summary>Drawn over the bar.</summary>
    public ImmutableArray<TimeMark> Marks { get; init; } = [];

    /// <summary>Not part of the duration of the request.</summary>
    public bool AfterResponse { get; init; }

    /// <summary>Set on a row that can be opened and closed with Enter.</summary>
    public string? FoldKey { get; init; }

    public bool IsOpen { get; init; }
}

internal enum BarStyle
{
    Solid,

    /// <summary>After the response: hatched, so that it is not taken for time that the requester waited.</summary>
    Hatched,

    /// <summary>Three pieces: running, waiting for a CPU, blocked.</summary>
    Cpu,

    /// <summary>Many pieces: a cell is shaded by how much of it they cover.</summary>
    Shaded,

    /// <summary>All layers and calls on one line, each in its own look.</summary>
    Stacked,
}

internal readonly record struct Piece(long StartNs, long DurationNs, Ink? Ink = null)
{
    public long EndNs => StartNs + DurationNs;
}

/// <summary>Something at a moment, or from one moment to another.</summary>
internal readonly record struct TimeMark(char Sign, long FromNs, long ToNs);

/// <summary>What a line of a waterfall stands for; everything but the owner is null where it does not apply.</summary>
/// <param name="Owner">The exchange in which it happened.</param>
internal sealed record BarSubject(Trace Owner)
{
    public LayerTime? Layer { get; init; }

    public Trace? Call { get; init; }

    public Span? Span { get; init; }

    /// <summary>Alike calls on one line.</summary>
    public ImmutableArray<Call> Calls { get; init; } = [];
}

/// <summary>A child exchange or a span, on the axis of the root.</summary>
internal readonly record struct Call(string Name, long StartNs, long DurationNs, Trace? Child, Span? Span, Ink Ink)
{
    public long EndNs => StartNs + DurationNs;

    public bool HasInside => Child is { } child && child.Layers.Length + child.Children.Length + child.Spans.Length > 0;
}
