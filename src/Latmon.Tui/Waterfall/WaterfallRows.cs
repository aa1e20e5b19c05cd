using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;
using Latmon.Tui.State;

namespace Latmon.Tui.Waterfall;

/// <summary>
/// A trace as lines: the request, its layers in their order, and inside the application the calls and spans that it
/// waited for, each with its own layers, as deep as they go. Many alike calls become one line that can be opened:
/// sixty queries of 2 ms are one fact, not sixty.
/// </summary>
internal sealed class WaterfallRows(FoldSet folds)
{
    /// <summary>No real program nests deeper; a broken recording might.</summary>
    public const int DeepestNesting = 16;

    /// <summary>From so many calls of one name on, they are one line.</summary>
    private const int FoldFrom = 4;

    /// <summary>With at most so many calls in a request all are open from the start, else only the longest.</summary>
    private const int FewCalls = 2;

    private readonly ImmutableArray<WaterfallRow>.Builder _rows = ImmutableArray.CreateBuilder<WaterfallRow>();

    public static ImmutableArray<WaterfallRow> Of(Trace trace, FoldSet folds)
    {
        WaterfallRows rows = new(folds);
        rows.AddRoot(trace);
        rows.AddInside(trace, startNs: 0, depth: 0);
        rows.AddTail(trace);
        return rows._rows.ToImmutable();
    }

    private void AddRoot(Trace trace)
    {
        IEnumerable<Piece> layers = trace.Layers.Where(time => time.Layer != Layer.NetEgress && time.DurationNs > 0)
            .Select(time => new Piece(time.OffsetNs, time.DurationNs!.Value, Theme.Of(time.Layer)));
        IEnumerable<Piece> calls = CallsOf(trace, 0).Select(call => new Piece(call.StartNs, call.DurationNs, call.Ink));
        _rows.Add(new WaterfallRow("Whole request", 0, Ink.Strong, new BarSubject(trace))
        {
            Pieces = [.. layers, .. calls],
            DurationNs = trace.DurationNs,
            Style = BarStyle.Stacked,
        });
    }

    private void AddInside(Trace trace, long startNs, int depth)
    {
        bool callsAdded = false;
        foreach (LayerTime time in trace.Layers)
        {
            if (time.Layer == Layer.NetEgress)
            {
                continue;
            }

            _rows.Add(LayerLine(trace, time, startNs, depth));
            if (time.Layer == Layer.App)
            {
                AddCpu(trace, time, startNs, depth + 1);
                AddCalls(trace, startNs, depth + 1);
                callsAdded = true;
            }
        }

        if (!callsAdded)
        {
            AddCalls(trace, startNs, depth);
        }
    }

    private static WaterfallRow LayerLine(Trace trace, LayerTime time, long startNs, int depth)
    {
        string trouble = TcpTrouble.IsToldAt(trace, time.Layer) ? TcpTrouble.Of(trace.Tcp) : "";
        return new WaterfallRow(time.Layer.Title(), depth, Theme.Of(time.Layer), new BarSubject(trace) { Layer = time })
        {
            Pieces = time.DurationNs is { } ns ? [new Piece(startNs + time.OffsetNs, ns)] : [],
            DurationNs = time.DurationNs,
            SelfNs = time.SelfNs,
            Evidence = time.Evidence,
            IsTrouble = trouble.Length > 0,
            Marks = TcpTrouble.MarksIn(trace, time, startNs),
            Remark = time switch
            {
                { DurationNs: null } => "not measurable here",
                _ when trouble.Length > 0 => trouble,
                { SelfNs: { } selfNs } when selfNs < time.DurationNs => $"self {LatencyText.Format(selfNs)}, the rest in calls",
                _ => "",
            },
        };
    }

    private void AddCpu(Trace trace, LayerTime app, long startNs, int depth)
    {
        if (trace.Cpu is not { } cpu || app.DurationNs is not { } appNs)
        {
            return;
        }

        long at = startNs + app.OffsetNs;
        _rows.Add(new WaterfallRow("cpu split", depth, Theme.Of(Layer.App), new BarSubject(trace))
        {
            Pieces =
            [
                new Piece(at, cpu.OnCpuNs),
                new Piece(at + cpu.OnCpuNs, cpu.RunnableNs),
                new Piece(at + cpu.OnCpuNs + cpu.RunnableNs, cpu.BlockedNs),
            ],
            DurationNs = appNs,
            Style = BarStyle.Cpu,
            Remark = "how much, not when",
        });
    }

    private static IEnumerable<Call> CallsOf(Trace trace, long startNs)
    {
        IEnumerable<Call> children = trace.Children.Select(child => new Call(
            child.Name, startNs + child.StartUnixNs - trace.StartUnixNs, child.DurationNs, child, null, Theme.Of(child)));
        IEnumerable<Call> spans = trace.Spans.Select(span => new Call(
            span.Name, startNs + span.OffsetNs, span.DurationNs, null, span, Theme.Of(span)));
        return children.Concat(spans).OrderBy(call => call.StartNs);
    }

    private void AddCalls(Trace trace, long startNs, int depth)
    {
        if (depth > DeepestNesting)
        {
            return;
        }

        Call[] calls = [.. CallsOf(trace, startNs)];
        long longestNs = calls.Select(call => call.DurationNs).DefaultIfEmpty().Max();
        foreach (IGrouping<string, Call> alike in calls.GroupBy(call => call.Name))
        {
            AddAlike(trace, [.. alike], depth, calls.Length <= FewCalls ? 0 : longestNs);
        }
    }

    private void AddAlike(Trace parent, ImmutableArray<Call> calls, int depth, long openFromNs)
    {
        if (calls.Length < FoldFrom)
        {
            foreach (Call call in calls)
            {
                AddCall(parent, call, depth, openFromNs);
            }

            return;
        }

        string foldKey = $"{parent.Id}/{calls[0].Name}";
        bool isOpen = folds.IsOpen(foldKey, asItComes: false);
        _rows.Add(Folded(parent, calls, depth, foldKey, isOpen));
        foreach (Call call in isOpen ? calls : [])
        {
            AddCall(parent, call, depth + 1, long.MaxValue);
        }
    }

    private static WaterfallRow Folded(Trace parent, ImmutableArray<Call> calls, int depth, string foldKey, bool isOpen)
    {
        long sumNs = calls.Sum(call => call.DurationNs);
        long unionNs = UnionNs(calls);
        string order = sumNs == unionNs ? "one after another" : "overlapping";
        return new WaterfallRow(
            $"{calls.Length}x {calls[0].Name}", depth, calls[0].Ink, new BarSubject(parent) { Calls = calls })
        {
            Pieces = [.. calls.Select(call => new Piece(call.StartNs, call.DurationNs))],
            DurationNs = unionNs,
            Style = BarStyle.Shaded,
            Remark = $"{order}, sum {LatencyText.Format(sumNs)}, longest {LatencyText.Format(calls.Max(call => call.DurationNs))}",
            FoldKey = foldKey,
            IsOpen = isOpen,
        };
    }

    private void AddCall(Trace parent, Call call, int depth, long openFromNs)
    {
        string? foldKey = call.HasInside ? $"{parent.Id}/{call.Child!.Id}" : null;
        bool isOpen = foldKey is not null && folds.IsOpen(foldKey, asItComes: call.DurationNs >= openFromNs);
        string trouble = TcpTrouble.Of(call.Child?.Tcp);
        _rows.Add(new WaterfallRow(call.Name, depth, call.Ink, new BarSubject(parent) { Call = call.Child, Span = call.Span })
        {
            Pieces = [new Piece(call.StartNs, call.DurationNs)],
            DurationNs = call.DurationNs,
            Evidence = call.Child is { Attribution.Confidence: not "certain" } ? Evidence.Inferred : Evidence.Measured,
            IsTrouble = trouble.Length > 0,
            Marks = [.. TcpTrouble.Marks(call.Child?.Tcp, call.StartNs)],
            Remark = trouble.Length > 0 ? trouble : Remark(call),
            FoldKey = foldKey,
            IsOpen = isOpen,
        });
        if (isOpen)
        {
            AddInside(call.Child!, call.StartNs, depth + 1);
        }
    }

    private static string Remark(Call call) => call switch
    {
        { Child: { Attribution: { Confidence: not "certain" } how } child } =>
            $"{child.Protocol} {child.Connection.Remote} ({how.Confidence}, by {how.Method})",
        { Child: { } child } => $"{child.Protocol} {child.Connection.Remote}",
        { Span: { } span } => span.Text ?? span.Source,
        _ => "",
    };

    private void AddTail(Trace trace)
    {
        if (trace.DeliveredNs is not { } tailNs)
        {
            return;
        }

        LayerTime time = new(Layer.NetEgress, trace.DurationNs, tailNs, null, Evidence.Measured);
        string trouble = TcpTrouble.IsToldAt(trace, Layer.NetEgress) ? TcpTrouble.Of(trace.Tcp) : "";
        _rows.Add(new WaterfallRow(Layer.NetEgress.Title(), 0, Ink.Tail, new BarSubject(trace) { Layer = time })
        {
            Pieces = [new Piece(trace.DurationNs, tailNs)],
            DurationNs = tailNs,
            Style = BarStyle.Hatched,
            IsTrouble = trouble.Length > 0,
            Marks = TcpTrouble.MarksIn(trace, time, 0),
            Remark = trouble.Length > 0 ? trouble : "after the response",
            AfterResponse = true,
        });
    }

    /// <summary>The calls come sorted by their start.</summary>
    private static long UnionNs(ImmutableArray<Call> calls)
    {
        long unionNs = 0;
        long coveredTo = long.MinValue;
        foreach (Call call in calls)
        {
            unionNs += Math.Max(0, call.EndNs - Math.Max(call.StartNs, coveredTo));
            coveredTo = Math.Max(coveredTo, call.EndNs);
        }

        return unionNs;
    }
}
