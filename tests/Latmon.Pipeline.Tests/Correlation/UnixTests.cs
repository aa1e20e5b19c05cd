using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>Both ends of an AF_UNIX connection, as the programs tell of them.</summary>
public sealed class UnixTests
{
    private const ulong Name = 0x1234_5678_9abc_def1;
    private const uint Netns = 7;
    private const string Request = "GET /a HTTP/1.1\r\n\r\n";
    private const string Response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private readonly Correlator _correlator = new();

    [Fact]
    public void Its_ends_are_one_trace_without_the_layers_of_packets()
    {
        Trace call = Traces(Told("/run/app.sock\0"u8).Add(End(1, Role.Server)).Add(End(1, Role.Client)));
        Trace answer = Assert.Single(call.Children);
        Assert.Equal((new TraceConnection("unix", "/run/app.sock", "/run/app.sock"), "connection"), (answer.Connection, answer.Attribution.Method));
        Assert.Equal("sock.wait 20 app 960 response.write 5", Text(answer));
        Assert.Equal("request.write 0 remote 980 response.download 5 sock.wait 30", Text(call));
        Assert.Null(call.Tcp);
        Assert.Null(answer.DeliveredNs);
        Assert.Equal((1015_000, 985_000), (call.DurationNs, answer.DurationNs));
    }

    [Theory]
    [InlineData("/run/app.sock\0rest", "/run/app.sock")]
    [InlineData("\0abstract\0name", "@abstract\0name")]
    [InlineData("", "")]
    public void A_name_is_shown_as_everywhere(string sunPath, string shown)
    {
        SocketNames.Add(Name, Encoding.Latin1.GetBytes(sunPath));
        Exchange exchange = Exchanges(new FramedRecords().Add(End(1, Role.Server)))[0];
        Assert.Equal(shown, TraceBuilder.Build(exchange, "/a"u8, 0).Connection.Local);
        using ExchangeJson json = new();
        using JsonDocument line = JsonDocument.Parse(json.Line(exchange, "/a"u8, 0).ToArray());
        Assert.Equal(shown, line.RootElement.GetProperty("connection").GetProperty("remote").GetString());
        Assert.Equal(JsonValueKind.Null, line.RootElement.GetProperty("tcp").ValueKind);
    }

    [Fact]
    public void A_name_that_was_not_told_is_not_invented()
    {
        TurnBuilder turn = End(1, Role.Server);
        BinaryPrimitives.WriteUInt64LittleEndian(turn.Record.LocalAddr, 99);
        Assert.Equal("?", TraceBuilder.Build(Exchanges(new FramedRecords().Add(turn))[0], "/a"u8, 0).Connection.Local);
    }

    [Fact]
    public void A_connection_that_is_not_named_any_more_is_over()
    {
        TurnBuilder unanswered = End(1, Role.Server).Response("");
        unanswered.Record.WriteNs = 0;
        Assert.Empty(Exchanges(new FramedRecords().Add(unanswered)));
        for (uint sweep = 1; sweep <= 3; sweep++)
        {
            Assert.Empty(Exchanges(new FramedRecords().Add(Alive(1, sweep)).Add(Swept(sweep))));
        }

        Assert.Empty(Exchanges(new FramedRecords().Add(Swept(4)).Add(Swept(5))));
        Assert.Empty(Exchanges(new FramedRecords().Add(Swept(6, netns: Netns + 1))));
        Exchange exchange = Assert.Single(Exchanges(new FramedRecords().Add(Swept(6))));
        Assert.Equal((HttpMethodName.Get, true), (exchange.Method, (exchange.Notes & ExchangeNotes.NoResponse) != 0));
        Assert.Equal(0, _correlator.Flush().Counters.OpenConnections);
    }

    /// <summary>It was handed over on two processors at once, and the connection ended in between.</summary>
    [Fact]
    public void A_turn_that_comes_again_behind_the_end_is_the_same()
    {
        _ = Assert.Single(Exchanges(new FramedRecords().Add(End(1, Role.Server)).Add(Closed(1)).Add(End(1, Role.Server))));
        Assert.Empty(Exchanges(new FramedRecords().Add(End(1, Role.Server))));
        TurnBuilder other = End(1, Role.Server);
        other.Record.InSeq++;
        _ = Assert.Single(Exchanges(new FramedRecords().Add(other)));
    }

    [Fact]
    public void Bytes_of_no_known_protocol_are_an_exchange_of_the_socket()
    {
        TurnBuilder turn = End(1, Role.Server).Request("\x01\x01\x00\x01\x00\x08\x00\x00", more: 500).Response("\x01\x06", more: 90);
        _correlator.Correlate(new FramedRecords().Add(turn).Batch(TurnBuilder.BaseNs));
        Exchange exchange = Assert.Single(_correlator.Flush().Items.ToArray());
        Assert.Equal((ProtocolName.Unix, 508, 92), (exchange.Protocol, exchange.RequestBytes, exchange.ResponseBytes));
        byte[] key = new byte[100];
        Assert.Equal("nginx:unix", Encoding.UTF8.GetString(key, 0, GroupKey.Service(exchange, key)));
    }

    private static FramedRecords Told(ReadOnlySpan<byte> path) =>
        new FramedRecords().Add(new FragmentBuilder(RecordKind.Path, Name) { Data = path.ToArray() });

    private static FragmentBuilder Closed(ulong conn) => new(RecordKind.Close, conn);

    private static FragmentBuilder Alive(ulong conn, uint sweep) => new(RecordKind.Alive, conn, sweep);

    private static FragmentBuilder Swept(uint sweep, uint netns = Netns)
    {
        FragmentBuilder swept = new(RecordKind.Swept, 0, sweep);
        swept.Record.Seq = netns;
        return swept;
    }

    /// <summary>Written at 0, read 20 us later, answered 960 us later in two pieces 5 us apart, read 30 us later.</summary>
    private static TurnBuilder End(ulong conn, Role role)
    {
        TurnBuilder turn = new(conn);
        ref TurnRecord record = ref turn.Record;
        record.Family = TurnRecord.Unix;
        record.Netns = Netns;
        record.LocalPort = record.RemotePort = 0;
        BinaryPrimitives.WriteUInt64LittleEndian(record.LocalAddr, Name);
        BinaryPrimitives.WriteUInt64LittleEndian(record.RemoteAddr, Name);
        BinaryPrimitives.WriteUInt64LittleEndian(((Span<byte>)record.LocalAddr)[8..], conn);
        BinaryPrimitives.WriteUInt64LittleEndian(((Span<byte>)record.RemoteAddr)[8..], conn | TurnRecord.UnixClient);
        const long AskedNs = TurnBuilder.BaseNs;
        const long AnsweredNs = AskedNs + 980_000;
        if (role == Role.Server)
        {
            record.ReadyNs = record.ReadyLastNs = AskedNs;
            record.ReadNs = record.ReadLastNs = AskedNs + 20_000;
            (record.WriteNs, record.WriteLastNs) = (AnsweredNs, AnsweredNs + 5_000);
            return turn.Request(Request).Response(Response);
        }

        turn.OfClient();
        record.Conn = conn | TurnRecord.UnixClient;
        record.Pid = 300;
        (record.InSeq, record.OutSeq) = (record.OutSeq, record.InSeq);
        record.WriteNs = record.WriteLastNs = AskedNs;
        (record.ReadyNs, record.ReadyLastNs) = (AnsweredNs, AnsweredNs + 5_000);
        record.ReadNs = record.ReadLastNs = AnsweredNs + 35_000;
        return turn.Request(Request).Response(Response);
    }

    private Exchange[] Exchanges(FramedRecords records) =>
        _correlator.Correlate(records.Batch(TurnBuilder.BaseNs)).Items.ToArray();

    private Trace Traces(FramedRecords records)
    {
        TraceAssembler assembler = new();
        _ = assembler.Assemble(_correlator.Correlate(records.Batch(TurnBuilder.BaseNs)));
        ExchangeBatch traces = assembler.Flush();
        return TraceBuilder.Build(traces.Trace(0), TraceNames.None);
    }

    private static string Text(Trace trace) => string.Join(' ', trace.Layers.Select(layer => $"{layer.Layer.Id()} {layer.DurationNs / 1000}"));
}
