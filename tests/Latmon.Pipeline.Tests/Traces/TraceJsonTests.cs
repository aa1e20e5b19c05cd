using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Traces;

/// <summary>Schema 1 to the letter: whoever reads the lines relies on names, order and units (design, section 5).</summary>
public sealed class TraceJsonTests
{
    private const long RealMinusMonotonicNs = 1_763_899_200_000_000_000 - TurnBuilder.BaseNs;

    [Fact]
    public void A_request_is_this_line()
    {
        TurnBuilder turn = new TurnBuilder(conn: 7)
            .Request("GET /items/7?token=secret HTTP/1.1\r\n\r\n").Response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
            .At(0).Flags(TurnNotes.Cpu).Whole();
        turn.Record.OnCpuNs = 400_000;
        turn.Record.RunnableNs = 20_000;
        turn.Record.SrttUs = 41;
        turn.Record.ReadTid = 101;
        const string Expected =
            """{"schema":1,"id":"ID","trace_id":null,"role":"server","protocol":"http/1.1","name":"GET /items/{id}","""
            + """ "start_unix_ns":1763899200000000000,"duration_ns":1000000,"delivered_ns":300000,"""
            + """ "process":{"pid":100,"tid":101,"comm":"nginx","container":null},"""
            + """ "connection":{"family":"ipv4","local":"10.0.0.2:80","remote":"10.0.0.9:40000"},"""
            + """ "attributes":{"http.request.method":"GET","url.path":"/items/7","http.response.status_code":200},"""
            + """ "bytes":{"request":38,"response":43},"""
            + """ "layers":[{"layer":"net.ingress","offset_ns":0,"duration_ns":4000,"evidence":"measured"},"""
            + """{"layer":"tcp.rx","offset_ns":4000,"duration_ns":6000,"evidence":"measured"},"""
            + """{"layer":"sock.wait","offset_ns":10000,"duration_ns":20000,"evidence":"measured"},"""
            + """{"layer":"app","offset_ns":30000,"duration_ns":960000,"self_ns":960000,"evidence":"measured"},"""
            + """{"layer":"response.write","offset_ns":990000,"duration_ns":0,"evidence":"measured"},"""
            + """{"layer":"tcp.tx","offset_ns":990000,"duration_ns":10000,"evidence":"measured"}],"""
            + """ "cpu":{"on_cpu_ns":400000,"runnable_ns":20000,"blocked_ns":540000},"""
            + """ "tcp":{"retransmits":0,"srtt_us":41,"zero_window_ns":0},"""
            + """ "attribution":{"method":"root","confidence":"certain"},"spans":[],"children":[],"complete":true,"notes":[]}""";
        Assert.Equal(Expected.Replace(", \"", ",\"", StringComparison.Ordinal) + "\n", WithoutId(Line(turn)));
    }

    [Fact]
    public void What_is_unknown_is_null_and_never_zero()
    {
        TurnBuilder turn = new TurnBuilder().Request("...body").Response("").At(0).Flags(TurnNotes.Closed | TurnNotes.BeforeAccept).Whole();
        turn.Record.Family = 10;
        turn.Record.LocalAddr = turn.Record.RemoteAddr = default;
        turn.Record.LocalAddr[15] = 1;
        turn.Record.NicNs = turn.Record.ReadLastNs = turn.Record.AckNs = 0;
        const string Expected =
            """{"schema":1,"id":"ID","trace_id":null,"role":"server","protocol":"tcp","name":"nginx:80","""
            + """ "start_unix_ns":1763899200000004000,"duration_ns":996000,"delivered_ns":null,"""
            + """ "process":{"pid":100,"tid":100,"comm":"nginx","container":null},"""
            + """ "connection":{"family":"ipv6","local":"[::1]:80","remote":"[::]:40000"},"attributes":{},"""
            + """ "bytes":{"request":7,"response":0},"""
            + """ "layers":[{"layer":"net.ingress","offset_ns":0,"duration_ns":null,"evidence":"unavailable"},"""
            + """{"layer":"tcp.rx","offset_ns":0,"duration_ns":6000,"evidence":"measured"},"""
            + """{"layer":"accept.wait","offset_ns":6000,"duration_ns":null,"evidence":"unavailable"},"""
            + """{"layer":"sock.wait","offset_ns":6000,"duration_ns":null,"evidence":"unavailable"},"""
            + """{"layer":"app","offset_ns":6000,"duration_ns":null,"evidence":"unavailable"},"""
            + """{"layer":"response.write","offset_ns":986000,"duration_ns":0,"evidence":"measured"},"""
            + """{"layer":"tcp.tx","offset_ns":986000,"duration_ns":10000,"evidence":"measured"},"""
            + """{"layer":"unattributed","offset_ns":6000,"duration_ns":980000,"evidence":"measured"}],"""
            + """ "cpu":null,"tcp":{"retransmits":0,"srtt_us":null,"zero_window_ns":0},"""
            + """ "attribution":{"method":"root","confidence":"certain"},"spans":[],"children":[],"complete":true,"""
            + """ "notes":[]}""";
        Assert.Equal(Expected.Replace(", \"", ",\"", StringComparison.Ordinal) + "\n", WithoutId(Line(turn)));
    }

    [Fact]
    public void An_address_mapped_from_ipv4_is_shown_as_one()
    {
        TurnBuilder turn = new TurnBuilder().Request("x").At(0).Response("y").Flags(TurnNotes.Closed).Whole();
        turn.Record.Family = 10;
        IPAddress.Parse("::ffff:192.0.2.7").GetAddressBytes().CopyTo(turn.Record.RemoteAddr);
        IPAddress.Parse("::ffff:192.0.2.1").GetAddressBytes().CopyTo(turn.Record.LocalAddr);
        Assert.Contains(
            "\"connection\":{\"family\":\"ipv4\",\"local\":\"192.0.2.1:80\",\"remote\":\"192.0.2.7:40000\"}", Line(turn), StringComparison.Ordinal);
    }

    [Fact]
    public void Children_and_spans_have_the_same_shape_without_a_schema()
    {
        Trace root = OneTrace() with
        {
            Children = [OneTrace() with { Role = Role.Client, Attribution = new Attribution("thread", "likely") }],
            Spans = [new Span("PQexec", "uprobe:libpq", 1, 2, "select ?")],
        };
        using TraceJson json = new();
        using JsonDocument document = JsonDocument.Parse(json.Line(root));
        JsonElement child = document.RootElement.GetProperty("children")[0];
        Assert.Equal(
            document.RootElement.EnumerateObject().Select(property => property.Name).Skip(1),
            child.EnumerateObject().Select(property => property.Name));
        Assert.Equal("client", child.GetProperty("role").GetString());
        Assert.Equal("select ?", document.RootElement.GetProperty("spans")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void Hostile_text_stays_one_valid_line()
    {
        string[] texts = ["\"\\\n\r\0\u001b[2J", "\u2028\u2029<script>", "\ud800 lone \udc00", "😀", new string('x', 5000)];
        using TraceJson json = new();
        foreach (string text in texts)
        {
            Trace trace = OneTrace() with
            {
                Name = text,
                TraceId = text,
                Notes = [text],
                Attributes = [new KeyValuePair<string, object>(text, text), new("flag", true)],
                Spans = [new Span(text, text, 0, 0, text)],
                Process = new TraceProcess(1, 1, text, text),
            };
            ReadOnlyMemory<byte> line = json.Line(trace);
            Assert.Equal(line.Length - 1, line.Span.IndexOfAnyInRange((byte)0, (byte)31));
            using JsonDocument document = JsonDocument.Parse(line);
            Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), document.RootElement.GetProperty("name").GetString());
        }
    }

    private static Trace OneTrace()
    {
        ExchangeBatch batch = Correlate(new TurnBuilder().Request("GET / HTTP/1.1\r\n\r\n").Response("HTTP/1.1 204 X\r\n\r\n").At(0).Whole());
        return TraceBuilder.Build(batch.Items[0], batch.Path(batch.Items[0]), 0);
    }

    private static string Line(TurnBuilder turn)
    {
        ExchangeBatch batch = Correlate(turn);
        using TraceJson json = new();
        return Encoding.UTF8.GetString(
            json.Line(TraceBuilder.Build(batch.Items[0], batch.Path(batch.Items[0]), RealMinusMonotonicNs)).Span);
    }

    private static ExchangeBatch Correlate(TurnBuilder turn) =>
        new Correlator().Correlate(new FramedRecords().Add(turn).Batch(TurnBuilder.BaseNs));

    private static string WithoutId(string line)
    {
        Assert.Matches("^\\{\"schema\":1,\"id\":\"[0-9a-f]{16}\"", line);
        return string.Concat(line.AsSpan(0, 18), "ID", line.AsSpan(34));
    }
}
