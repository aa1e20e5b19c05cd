using System.Text;
using Latmon.Pipeline.Traces;

namespace Latmon.Pipeline.Tests.Traces;

/// <summary>What latmon wrote it reads back the same; anything else is refused with one sentence and never crashes it.</summary>
public sealed class TraceJsonReaderTests
{
    private const string Least =
        """{"id":"a","role":"server","protocol":"http/1.1","name":"GET /","start_unix_ns":1763899200000000000,"duration_ns":1000}""";

    [Fact]
    public void What_was_written_is_read_back_the_same()
    {
        string line = Line(TraceSamples.Nested());

        Assert.True(TraceJsonReader.TryRead(Bytes(line), out Trace trace, out string error), error);
        Assert.Equal(line, Line(trace));
        Assert.Equal(Role.Client, trace.Children[0].Role);
        Assert.Equal(7, trace.Children[0].Spans[0].OffsetNs);
        Assert.Null(trace.Layers[1].DurationNs);
    }

    [Fact]
    public void Missing_fields_are_unknown_and_unknown_fields_are_passed_over()
    {
        string line = Least.Replace("\"id\"", "\"colour\":{\"deep\":[1,{\"x\":null}]},\"id\"", StringComparison.Ordinal);

        Assert.True(TraceJsonReader.TryRead(Bytes(line), out Trace trace, out string error), error);
        Assert.Null(trace.Cpu);
        Assert.Null(trace.Tcp);
        Assert.Null(trace.DeliveredNs);
        Assert.Equal("root", trace.Attribution.Method);
        Assert.Empty(trace.Children);
    }

    [Fact]
    public void A_layer_of_a_later_version_is_left_out()
    {
        string line = Least[..^1] + ""","layers":[{"layer":"gpu.wait","duration_ns":5,"evidence":"measured"},{"layer":"app","duration_ns":5,"evidence":"measured"}]}""";

        Assert.True(TraceJsonReader.TryRead(Bytes(line), out Trace trace, out string error), error);
        Assert.Equal([Layer.App], trace.Layers.Select(time => time.Layer));
    }

    [Theory]
    [InlineData("", "it is not JSON")]
    [InlineData("nonsense", "it is not JSON")]
    [InlineData("[]", "the line is not an object")]
    [InlineData("{}", "role is missing")]
    [InlineData("""{"schema":2}""", "schema 2 is not 1, which this latmon reads")]
    [InlineData("""{"schema":"1"}""", "schema is not a whole number")]
    [InlineData("""{"role":"server","id":"a","protocol":"x","name":"y","start_unix_ns":1}""", "duration_ns is missing")]
    [InlineData("""{"role":"judge","id":"a"}""", "role is \"judge\", not server or client")]
    [InlineData("""{"role":7}""", "role is not text")]
    public void What_is_wrong_is_said(string line, string expected)
    {
        Assert.False(TraceJsonReader.TryRead(Bytes(line), out _, out string error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("\"duration_ns\":1000", "\"duration_ns\":-1", "duration_ns is -1, which no request has")]
    [InlineData("\"duration_ns\":1000", "\"duration_ns\":9223372036854775807", "duration_ns is 9223372036854775807, which no request has")]
    [InlineData("\"duration_ns\":1000", "\"duration_ns\":1.5", "duration_ns is not a whole number")]
    [InlineData("\"duration_ns\":1000", "\"duration_ns\":1,\"children\":{}", "children is not a list")]
    [InlineData("\"duration_ns\":1000", "\"duration_ns\":1,\"spans\":[5]", "an item of spans is not an object")]
    [InlineData("\"duration_ns\":1000", "\"duration_ns\":1,\"notes\":[5]", "notes holds something else than text")]
    public void A_field_that_cannot_be_is_named(string replaced, string by, string expected)
    {
        Assert.False(TraceJsonReader.TryRead(Bytes(Least.Replace(replaced, by, StringComparison.Ordinal)), out _, out string error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("{\"\u00ff\":1}", "the name of a field is not valid text")]
    [InlineData("{\"a\":\"\u00ff\"}", "a is not valid text")]
    [InlineData("{\"a\":[\"\u00ff\"]}", "a is not valid text")]
    public void Bytes_that_are_no_text_are_refused(string attributes, string expected)
    {
        byte[] line = Encoding.Latin1.GetBytes($"{Least[..^1]},\"attributes\":{attributes}}}");
        Assert.False(TraceJsonReader.TryRead(line, out _, out string error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("[5,2]", "zero_window_offsets_ns is not a first and a last offset")]
    [InlineData("[5]", "zero_window_offsets_ns is not a first and a last offset")]
    [InlineData("[\"a\",2]", "zero_window_offsets_ns holds something else than whole numbers")]
    public void Moments_of_tcp_that_cannot_be_are_refused(string offsets, string expected)
    {
        string line = $"{Least[..^1]},\"tcp\":{{\"retransmits\":0,\"zero_window_offsets_ns\":{offsets}}}}}";
        Assert.False(TraceJsonReader.TryRead(Bytes(line), out _, out string error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Children_without_end_are_refused()
    {
        StringBuilder line = new();
        for (int depth = 0; depth < 30; depth++)
        {
            line.Append(Least[..^1]).Append(",\"children\":[");
        }

        line.Append(Least).Append(string.Concat(Enumerable.Repeat("]}", 30)));
        Assert.False(TraceJsonReader.TryRead(Bytes(line.ToString()), out _, out string error));
        Assert.Equal("its children nest too deep", error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_260_101)]
    public void Damaged_lines_are_read_or_refused_and_never_crash(int seed)
    {
        Random random = Seeds.Random(seed);
        byte[] line = Encoding.UTF8.GetBytes(Line(TraceSamples.Nested()));
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = [.. line[..random.Next(1, line.Length + 1)]];
            for (int i = random.Next(4); i >= 0; i--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            bool read = TraceJsonReader.TryRead(damaged, out Trace trace, out string error);
            Assert.Equal(read, error.Length == 0);
            Assert.True(!read || trace.DurationNs >= 0);
            refused += read ? 0 : 1;
        }

        Assert.InRange(refused, 10_000, 20_000);
    }

    private static string Line(Trace trace)
    {
        using TraceJson json = new();
        return Encoding.UTF8.GetString(json.Line(trace).Span);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
