using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Waterfall;

/// <summary>One line of a waterfall. Times count from the first request byte of the root.</summary>
internal sealed record WaterfallRow(string Label, int Depth, Ink Ink)
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

    /// <summary>Not part of the duration of the request.</summary>
    public bool AfterResponse { get; init; }

    /// <summary>Set on a row that can be opened and closed with Enter.</summary>
    public string? FoldKey { get; init; }
}

internal enum BarStyle
{
    Solid,

    /// <summary>After the response: hatched, so that it is not taken for time that the requester waited.</summary>
    Hatched,

    /// <summary>Three pieces: running, waiting for a CPU, blocked.</summary>
    Cpu,
}

internal readonly record struct Piece(long StartNs, long DurationNs)
{
    public long EndNs => StartNs + DurationNs;
}
