using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Wire;

/// <summary>No byte sequence crashes it, and what is refused is counted (design, section 6, 6).</summary>
public sealed class HostileBytesTests
{
    private const int Seed = 60613;
    private const int ReaderCases = 500_000;
    private const int PipelineCases = 400_000;
    private const int ParserCases = 1_000_000;

    [Fact]
    public void Reader_finds_the_same_records_as_a_slow_one()
    {
        HostileBytes hostile = new(Seeds.Random(Seed));
        FramedRecords records = new();
        for (int i = 0; i < ReaderCases; i++)
        {
            hostile.Fill(records);
            (List<(RecordKind Kind, int At, int Length)> expected, int malformed) = RecordOracle.Read(records.Bytes.ToArray());
            RecordReader reader = new(records.Bytes);
            int found = 0;
            while (reader.TryRead(out RecordKind kind, out ReadOnlySpan<byte> record))
            {
                Assert.True(records.Bytes.Overlaps(record, out int negativeOffset));
                Assert.Equal(expected[found++], (kind, negativeOffset, record.Length));
            }

            Assert.Equal((expected.Count, malformed), (found, reader.Malformed));
        }
    }

    [Fact]
    public void Correlator_takes_anything_and_stays_small()
    {
        HostileBytes hostile = new(Seeds.Random(Seed + 1));
        FramedRecords records = new();
        Correlator correlator = new();
        LiveWindows windows = new(TraceFilter.None);
        using TraceJson json = new();
        long malformed = 0;
        for (int i = 0; i < PipelineCases; i++)
        {
            hostile.Fill(records);
            malformed += RecordOracle.Read(records.Bytes.ToArray()).Malformed;
            ExchangeBatch batch = correlator.Correlate(records.Batch(TurnBuilder.BaseNs + (i * 100_000L)));
            foreach (ref readonly Exchange exchange in batch.Items)
            {
                Assert.True(exchange.DurationNs >= 0);
            }

            if (i % 97 == 0 && batch.Count > 0)
            {
                _ = json.Line(TraceBuilder.Build(batch.Items[0], batch.Path(batch.Items[0]), 0));
            }

            _ = windows.Add(batch);
            Assert.Equal(malformed, batch.Counters.Malformed);
        }

        _ = correlator.Flush();
    }

    [Fact]
    public void Parsers_take_anything()
    {
        HostileBytes hostile = new(Seeds.Random(Seed + 2));
        for (int i = 0; i < ParserCases; i++)
        {
            byte[] head = hostile.Head();
            if (HttpRequestHead.TryParse(head, out HttpRequestHead request))
            {
                Assert.True(request.PathStart >= 0 && request.PathLength >= 0 && request.PathStart + request.PathLength <= head.Length);
                Assert.InRange(request.Body.HeadLength, -1, head.Length);
                Assert.True(request.Body.MessageLength >= -1);
            }

            if (HttpResponseHead.TryParseFinal(head, out HttpResponseHead response))
            {
                Assert.InRange(response.Status, 100, 999);
                Assert.InRange(response.Body.HeadLength, -1, head.Length);
                Assert.True(response.Body.MessageLength >= -1);
            }
        }
    }
}
