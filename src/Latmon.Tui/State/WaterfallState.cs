using System.Collections.Immutable;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Waterfall;

namespace Latmon.Tui.State;

/// <summary>What the user has done to the waterfall of one request.</summary>
internal sealed class WaterfallState
{
    private readonly FoldSet _folds = new();
    private (Trace? Trace, int Version) _builtFor;
    private ImmutableArray<WaterfallRow> _rows = [];
    private int _version;

    /// <summary>The request that stays whatever the list does.</summary>
    public Trace? Pinned { get; private set; }

    public ListCursor Cursor { get; } = new();

    /// <summary>Used while the texts have the whole pane.</summary>
    public ListCursor DetailCursor { get; } = new();

    public AxisZoom Zoom { get; } = new();

    /// <summary>The texts of the selected bar have the whole pane.</summary>
    public bool ShowsAllDetails { get; set; }

    public void Pin(Trace? trace)
    {
        Pinned = trace;
        ShowsAllDetails = false;
        Cursor.MoveTo(0);
        DetailCursor.MoveTo(0);
        Zoom.Fit();
    }

    /// <summary>Built once per request and fold, not once per frame.</summary>
    public ImmutableArray<WaterfallRow> RowsOf(Trace trace)
    {
        if (!ReferenceEquals(trace, _builtFor.Trace) || _version != _builtFor.Version)
        {
            _rows = WaterfallRows.Of(trace, _folds);
            _builtFor = (trace, _version);
        }

        return _rows;
    }

    public WaterfallRow? Selected(Trace trace)
    {
        ImmutableArray<WaterfallRow> rows = RowsOf(trace);
        return Cursor.Index < rows.Length ? rows[Cursor.Index] : null;
    }

    public void ToggleFold(Trace trace)
    {
        if (Selected(trace) is { FoldKey: { } key } row)
        {
            _folds.Set(key, !row.IsOpen);
            _version++;
        }
    }

    /// <summary>Opens or closes every line that can be.</summary>
    public void FoldAll(Trace trace, bool open)
    {
        // Opening a line may bring lines that can be opened.
        for (int depth = 0; depth < WaterfallRows.DeepestNesting; depth++)
        {
            foreach (WaterfallRow row in RowsOf(trace).Where(row => row.FoldKey is not null))
            {
                _folds.Set(row.FoldKey!, open);
            }

            _version++;
        }
    }

    public void ZoomBy(Trace trace, double factor)
    {
        double centre = Selected(trace) is { Pieces: [var first, ..] pieces }
            ? (first.StartNs + pieces.Max(piece => piece.EndNs)) / 2.0 / TimeAxis.WholeNs(trace)
            : Zoom.From + (Zoom.Part / 2);
        Zoom.By(factor, Zoom.IsWhole || IsInSight(centre) ? centre : Zoom.From + (Zoom.Part / 2));
    }

    /// <summary>The selected bar fills the axis, with a little room on both sides.</summary>
    public void ZoomToSelected(Trace trace)
    {
        if (Selected(trace) is { Pieces: [var first, ..] pieces })
        {
            double wholeNs = TimeAxis.WholeNs(trace);
            double part = (pieces.Max(piece => piece.EndNs) - first.StartNs) / wholeNs;
            Zoom.Show((first.StartNs / wholeNs) - (part * 0.05), part * 1.1);
        }
    }

    private bool IsInSight(double at) => at >= Zoom.From && at <= Zoom.From + Zoom.Part;
}
