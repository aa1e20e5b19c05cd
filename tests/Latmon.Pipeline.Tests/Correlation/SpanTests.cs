using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Correlation;

public sealed class SpanTests
{
    private static readonly SpanNames Names = new([new SpanName("PQexec", "uprobe:libpq"), new SpanName("prepared", "uprobe:libpq", SpanText.Plain)]);

    [Theory]
    [InlineData(0, "select 'secret', 42 from t1 where a = 1.5e3", "select ?, ? from t1 where a = ?")]
    [InlineData(0, "select 'it''s'", "select ?")]
    [InlineData(0, "select 'cut off", "select ?")]
    [InlineData(0, "", "")]
    [InlineData(1, "get_\u001b1", "get_?1")]
    public void A_span_comes_with_its_times_and_a_masked_text(ushort probe, string text, string expected)
    {
        SpanBuilder builder = new(probe, TurnBuilder.BaseNs, TurnBuilder.BaseNs + 50_000_000) { Text = Encoding.UTF8.GetBytes(text) };
        builder.Record.Pid = 411;
        builder.Record.Tid = 412;
        ExchangeBatch batch = new Correlator(Names).Correlate(new FramedRecords().Add(builder.ToBytes()).Batch(TurnBuilder.BaseNs));
        Assert.Equal((0, 1), (batch.Count, batch.Spans.Length));
        SpanEvent span = batch.Spans[0];
        Assert.Equal((TurnBuilder.BaseNs, 50_000_000L, 411, 412, probe), (span.StartNs, span.DurationNs, span.Pid, span.Tid, span.Probe));
        Assert.Equal(expected, Encoding.UTF8.GetString(batch.Text.Slice(span.TextStart, span.TextLength)));
    }

    [Fact]
    public void A_span_that_ends_before_it_begins_has_no_length()
    {
        ExchangeBatch batch = new Correlator(Names).Correlate(
            new FramedRecords().Add(new SpanBuilder(7, TurnBuilder.BaseNs, 0).ToBytes()).Batch(TurnBuilder.BaseNs));
        Assert.Equal((0L, "?"), (batch.Spans[0].DurationNs, Names.Of(batch.Spans[0].Probe).Name));
    }
}
