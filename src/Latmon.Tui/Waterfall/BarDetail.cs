using System.Globalization;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Drawing;
using Latmon.Tui.Tables;

namespace Latmon.Tui.Waterfall;

/// <summary>All that is known of the bar under the cursor, as labelled lines.</summary>
internal static class BarDetail
{
    public static List<DetailLine> Of(WaterfallRow row, Trace root)
    {
        List<DetailLine> lines = [new("this bar", Place(row, root), Ink.Strong)];
        switch (row.Subject)
        {
            case { Calls: { Length: > 0 } calls }:
                AddCalls(lines, calls, root);
                break;
            case { Call: { } call }:
                AddCall(lines, call);
                break;
            case { Span: { } span }:
                lines.Add(new DetailLine("span", $"{span.Name} ({span.Source})", Ink.Text));
                AddText(lines, "text", span.Text);
                break;
            case { Layer: { } layer }:
                lines.Add(new DetailLine("means", LayerMeaning.Of(layer.Layer), Ink.Text));
                Ink ink = layer.Evidence == Evidence.Measured ? Ink.Text : Ink.Raised;
                lines.Add(new DetailLine("evidence", LayerMeaning.Of(layer.Evidence), ink));
                AddText(lines, "tcp", row.IsTrouble ? TcpTrouble.Of(row.Subject.Owner.Tcp) : null);
                break;
        }

        return lines;
    }

    private static string Place(WaterfallRow row, Trace root)
    {
        if (row.DurationNs is not { } ns || row.Pieces.Length == 0)
        {
            return $"{row.Label}: not measured";
        }

        string share = row.AfterResponse || root.DurationNs == 0
            ? ""
            : $", {(100.0 * ns / root.DurationNs).ToString("0.0", CultureInfo.InvariantCulture)}% of the request";
        string self = row.SelfNs is { } selfNs && selfNs < ns ? $", self {LatencyText.Format(selfNs)}" : "";
        long fromNs = row.Pieces[0].StartNs;
        long toNs = row.Pieces.Max(piece => piece.EndNs);
        return $"{row.Label}  {LatencyText.Format(ns)}{share}{self}, at {LatencyText.Format(fromNs)} to {LatencyText.Format(toNs)}";
    }

    private static void AddCalls(List<DetailLine> lines, IReadOnlyList<Call> calls, Trace root)
    {
        long[] durations = [.. calls.Select(call => call.DurationNs).Order()];
        lines.Add(new DetailLine(
            "calls",
            $"{calls.Count}, sum {LatencyText.Format(durations.Sum())}, median {LatencyText.Format(durations[durations.Length / 2])}, "
                + $"shortest {LatencyText.Format(durations[0])}, longest {LatencyText.Format(durations[^1])}",
            Ink.Text));
        if (calls.Count >= 10 && durations.Sum() > root.DurationNs / 3)
        {
            lines.Add(new DetailLine("hint", "many small calls in one request: one call for all of them would wait once", Ink.Raised));
        }

        AddText(lines, "statement", calls[0].Child is { } child ? DatabaseCalls.StatementOf(child) : calls[0].Span?.Text);
        if (calls[0].Child is { } first)
        {
            lines.Add(new DetailLine("attribution", AttributionText(first), Ink.Text));
        }
    }

    private static void AddCall(List<DetailLine> lines, Trace call)
    {
        if (DatabaseCalls.IsDatabase(call))
        {
            AddText(lines, "statement", DatabaseCalls.StatementOf(call));
        }

        lines.Add(new DetailLine("connection", RequestDetail.Connection(call), Ink.Text));
        lines.Add(new DetailLine("process", RequestDetail.Process(call), Ink.Text));
        lines.Add(new DetailLine("attribution", AttributionText(call), call.Attribution.Confidence == "certain" ? Ink.Text : Ink.Raised));
        AddText(lines, "tcp", TcpTrouble.Of(call.Tcp));
        AddText(lines, "attributes", RequestDetail.Attributes(call));
        AddText(lines, "notes", string.Join("; ", call.Notes));
    }

    private static string AttributionText(Trace call) => call.Attribution switch
    {
        { Method: "connection" } how => $"other end of the same connection ({how.Confidence})",
        { Method: "header" } how => $"carries this request's trace id ({how.Confidence})",
        { Method: "thread" } how => $"~ same thread, between its read and its write ({how.Confidence})",
        var how => $"{how.Method} ({how.Confidence})",
    };

    private static void AddText(List<DetailLine> lines, string label, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            lines.Add(new DetailLine(label, text, label == "tcp" ? Ink.Severe : Ink.Text));
        }
    }
}
