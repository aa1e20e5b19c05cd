using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>Writes a trace into a batch: the root, then its descendants depth first, each with its spans.</summary>
internal static class TraceWriter
{
    /// <summary>Recursion is bounded by <see cref="HeldExchange.MostDepth"/>.</summary>
    public static void Write(HeldExchange root, ExchangeBatch batch) => Write(root, depth: 0, batch);

    private static void Write(HeldExchange node, int depth, ExchangeBatch batch)
    {
        node.Value.Depth = (byte)depth;
        node.Value.SpanStart = batch.Spans.Length;
        node.Value.SpanCount = 0;
        for (HeldSpan? span = node.FirstSpan; span is not null; span = span.Next)
        {
            batch.Add(span.Value, span.Text);
            node.Value.SpanCount++;
        }

        int at = batch.Count;
        batch.Add(node.Value, node.Text);
        for (HeldExchange? child = node.FirstChild; child is not null; child = child.NextSibling)
        {
            Write(child, depth + 1, batch);
        }

        batch.SetDescendants(at, batch.Count - at - 1);
    }
}
