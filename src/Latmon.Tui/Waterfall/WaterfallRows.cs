using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Waterfall;

/// <summary>
/// A trace as lines: the request, its layers in their order, and inside the application the calls and spans that it
/// waited for, each with its own layers, as deep as they go. Many alike calls become one line that can be opened:
/// sixty queries of 2 ms are one fact, not sixty.
/// </summary>
internal sealed class WaterfallRows(IReadOnlySet<string> opened)
{
    /// <summary>From so many calls of one name on, they are one line.</summary>
    private const int FoldFrom = 4;

    /// <summary>No real program nests deeper; a broken recording might.</summary>
    private const int DeepestNesting = 16;

    private readonly ImmutableArray<WaterfallRow>.Builder _rows = ImmutableArray.CreateBuilder<WaterfallRow>();

    public static ImmutableArray<WaterfallRow> Of(Trace trace, IReadOnlySet<string> opened)
    {
        WaterfallRows rows = new(opened);
        rows.AddRoot(trace);
        rows.AddInside(trace, startNs: 0, depth: 0);
        rows.AddTail(trace);
        return rows._rows.ToImmutable();
    }

    private void AddRoot(Trace trace) => _rows.Add(new WaterfallRow("Whole request", 0, Ink.Strong)
    {
        Pieces = [new Piece(0, trace.DurationNs)],
        DurationNs = trace.DurationNs,
    });

    private void AddInside(Trace trace, long startNs, int depth)
    {
        bool callsAdded = false;
        foreach (LayerTime time in trace.Layers)
        {
            if (time.Layer == Layer.NetEgress)
            {
                continue;
            }

            _rows.Add(LayerLine(time, startNs, depth));
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

    private static WaterfallRow LayerLine(LayerTime time, long startNs, int depth) =>
        new(time.Layer.Title(), depth, Theme.Of(time.Layer))
        {
            Pieces = time.DurationNs is { } ns ? [new Piece(startNs + time.OffsetNs, ns)] : [],
            DurationNs = time.DurationNs,
            SelfNs = time.SelfNs,
            Evidence = time.Evidence,
            Remark = time switch
            {
                { DurationNs: null } => "not measurable here",
                { SelfNs: { } selfNs } => $"self {LatencyText.Format(selfNs)}, the rest in calls",
                _ => "",
            },
        };

    private void AddCpu(Trace trace, LayerTime app, long startNs, int depth)
    {
        if (trace.Cpu is not { } cpu || app.DurationNs is not { } appNs)
        {
            return;
        }

        long at = startNs + app.OffsetNs;
        _rows.Add(new WaterfallRow("cpu split", depth, Theme.Of(Layer.App))
        {
            Pieces =
            [
                new Piece(at, cpu.OnCpuNs),
                new Piece(at + cpu.OnCpuNs, cpu.RunnableNs),
                new Piece(at + cpu.OnCpuNs + cpu.RunnableNs, cpu.BlockedNs),
            ],
            DurationNs = appNs,
            Style = BarStyle.Cpu,
        });
    }

    private void AddCalls(Trace trace, long startNs, int depth)
    {
        if (depth > DeepestNesting)
        {
            return;
        }

        IEnumerable<Call> children = trace.Children.Select(child =>
            new Call(child.Name, startNs + child.StartUnixNs - trace.StartUnixNs, child.DurationNs, child, null));
        IEnumerable<Call> spans = trace.Spans.Select(span =>
            new Call(span.Name, startNs + span.OffsetNs, span.DurationNs, null, span));
        foreach (IGrouping<string, Call> alike in children.Concat(spans).OrderBy(call => call.StartNs).GroupBy(call => call.Name))
        {
            AddAlike(trace, [.. alike], depth);
        }
    }

    private void AddAlike(Trace parent, Call[] calls, int depth)
    {
        string foldKey = $"{parent.Id}/{calls[0].Name}";
        if (calls.Length < FoldFrom)
        {
            Array.ForEach(calls, call => AddCall(call, depth));
            return;
        }

        _rows.Add(Folded(calls, depth, foldKey));
        if (opened.Contains(foldKey))
        {
            Array.ForEach(calls, call => AddCall(call, depth + 1));
        }
    }

    private static WaterfallRow Folded(Call[] calls, int depth, string foldKey)
    {
        long sumNs = calls.Sum(call => call.DurationNs);
        long unionNs = UnionNs(calls);
        string order = sumNs == unionNs ? "one after another" : "overlapping";
        return new WaterfallRow(
            $"{calls.Length}x {calls[0].Name}", depth, Ink.Child)
        {
            Pieces = [.. calls.Select(call => new Piece(call.StartNs, call.DurationNs))],
            DurationNs = unionNs,
            Remark = $"{order}, longest {LatencyText.Format(calls.Max(call => call.DurationNs))}",
            FoldKey = foldKey,
        };
    }

    private void AddCall(Call call, int depth)
    {
        _rows.Add(new WaterfallRow(call.Name, depth, Ink.Child)
        {
            Pieces = [new Piece(call.StartNs, call.DurationNs)],
            DurationNs = call.DurationNs,
            Remark = Remark(call),
        });
        if (call.Child is { } child)
        {
            AddInside(child, call.StartNs, depth + 1);
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

        _rows.Add(new WaterfallRow(Layer.NetEgress.Title(), 0, Ink.Tail)
        {
            Pieces = [new Piece(trace.DurationNs, tailNs)],
            DurationNs = tailNs,
            Style = BarStyle.Hatched,
            Remark = "after the response",
            AfterResponse = true,
        });
    }

    /// <summary>The calls come sorted by their start.</summary>
    private static long UnionNs(Call[] calls)
    {
        long unionNs = 0;
        long coveredTo = long.MinValue;
        foreach (Call call in calls)
        {
            long endNs = call.StartNs + call.DurationNs;
            unionNs += Math.Max(0, endNs - Math.Max(call.StartNs, coveredTo));
            coveredTo = Math.Max(coveredTo, endNs);
        }

        return unionNs;
    }

    private readonly record struct Call(string Name, long StartNs, long DurationNs, Trace? Child, Span? Span);
}
