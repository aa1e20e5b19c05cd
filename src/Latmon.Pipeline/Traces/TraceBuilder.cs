using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Windows;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Traces;

/// <summary>An exchange as an immutable trace, for those that are kept or printed.</summary>
public static class TraceBuilder
{
    /// <param name="realMinusMonotonicNs">Turns the exchange's clock into that of the wall.</param>
    /// <param name="names">None for none.</param>
    public static Trace Build(in Exchange exchange, ReadOnlySpan<byte> path, long realMinusMonotonicNs, TraceNames? names = null) =>
        One(exchange, path, realMinusMonotonicNs, names ?? TraceNames.None) with { Layers = LayerTimes(new ReadOnlySpan<Exchange>(in exchange)) };

    /// <param name="run">The root and its descendants, as <see cref="ExchangeBatch.Trace"/> lends them; may be cut off at the end.</param>
    /// <param name="names">What the numbers of the spans mean.</param>
    public static Trace Build(in TraceRun run, TraceNames names)
    {
        ref readonly Exchange root = ref run.Items[0];
        return Build(run, run.Items, names) with
        {
            Attribution = root.Role == Role.Server ? Attribution.Root : AttributionOf(root),
        };
    }

    private static Trace Build(in TraceRun run, ReadOnlySpan<Exchange> items, TraceNames names)
    {
        ref readonly Exchange top = ref items[0];
        ImmutableArray<Trace>.Builder children = ImmutableArray.CreateBuilder<Trace>();
        for (int at = 1; at < items.Length; at += items[at].Descendants + 1)
        {
            children.Add(Build(run, items.Slice(at, Math.Min(items[at].Descendants + 1, items.Length - at)), names));
        }

        return One(top, run.Text.Slice(top.PathStart, top.PathLength), run.RealMinusMonotonicNs, names) with
        {
            Layers = LayerTimes(items),
            Attribution = AttributionOf(top),
            Spans = SpansOf(top, run, names),
            Children = children.DrainToImmutable(),
        };
    }

    private static ImmutableArray<Span> SpansOf(in Exchange exchange, in TraceRun run, TraceNames names)
    {
        ImmutableArray<Span>.Builder spans = ImmutableArray.CreateBuilder<Span>(exchange.SpanCount);
        foreach (ref readonly SpanEvent span in run.Spans.Slice(exchange.SpanStart, exchange.SpanCount))
        {
            SpanName name = names.Spans.Of(span.Probe);
            string? text = span.TextLength > 0 ? Encoding.UTF8.GetString(run.Text.Slice(span.TextStart, span.TextLength)) : null;
            spans.Add(new Span(name.Name, name.Source, span.StartNs - exchange.StartNs, span.DurationNs, text));
        }

        return spans.DrainToImmutable();
    }

    private static Attribution AttributionOf(in Exchange exchange) =>
        new(exchange.ParentMethod.Text(), exchange.Confidence.Text());

    private static Trace One(in Exchange exchange, ReadOnlySpan<byte> path, long realMinusMonotonicNs, TraceNames names) => new()
    {
        Id = TraceId.Of(exchange).ToString("x16", CultureInfo.InvariantCulture),
        TraceId = exchange.TraceContext.IsKnown
            ? exchange.TraceContext.High.ToString("x16", CultureInfo.InvariantCulture)
                + exchange.TraceContext.Low.ToString("x16", CultureInfo.InvariantCulture)
            : null,
        Role = exchange.Role,
        Protocol = exchange.Protocol.Text(),
        Name = Name(exchange, path),
        StartUnixNs = exchange.StartNs + realMinusMonotonicNs,
        DurationNs = exchange.DurationNs,
        DeliveredNs = exchange.DeliveredNs >= 0 ? exchange.DeliveredNs : null,
        Process = new TraceProcess(exchange.Pid, exchange.Tid, Comm(exchange.Comm), names.ContainerOf(exchange.Pid)),
        Connection = new TraceConnection(
            exchange.IsUnix ? "unix" : IsIpv4(exchange) ? "ipv4" : "ipv6",
            Endpoint(exchange, exchange.LocalAddr, exchange.LocalPort),
            Endpoint(exchange, exchange.RemoteAddr, exchange.RemotePort)),
        Attributes = Attributes(exchange, path),
        RequestBytes = exchange.RequestBytes,
        ResponseBytes = exchange.ResponseBytes,
        Layers = [],
        Cpu = exchange.OnCpuNs >= 0 ? new CpuTime(exchange.OnCpuNs, exchange.RunnableNs, exchange.BlockedNs) : null,
        Tcp = exchange.IsUnix ? null : Tcp(exchange),
        Attribution = exchange.ParentMethod == ParentMethod.None ? Attribution.None : Attribution.Root,
        Complete = exchange.IsComplete,
        Notes = NoteText.Of(exchange.Notes, exchange.Database.Notes),
    };

    private static TcpState Tcp(in Exchange exchange) => new(
        (int)exchange.Retransmits,
        exchange.SrttUs > 0 ? (int)exchange.SrttUs : null,
        exchange.ZeroWindowNs >= 0 ? exchange.ZeroWindowNs : null)
    {
        Resent = Offsets(exchange, exchange.Resent),
        Shut = Offsets(exchange, exchange.Shut),
    };

    private static OffsetRange? Offsets(in Exchange exchange, SeenRange seen) =>
        seen.IsSeen ? new OffsetRange(seen.FirstNs - exchange.StartNs, seen.LastNs - exchange.StartNs) : null;

    private static string Name(in Exchange exchange, ReadOnlySpan<byte> path)
    {
        Span<byte> key = stackalloc byte[PathBuffer.Capacity + 32];
        return Encoding.UTF8.GetString(key[..GroupKey.Route(exchange, path, key)]);
    }

    private static string Comm(ReadOnlySpan<byte> comm) => Encoding.UTF8.GetString(comm[..GroupKey.CommLength(comm)]);

    private static ImmutableArray<KeyValuePair<string, object>> Attributes(in Exchange exchange, ReadOnlySpan<byte> path)
    {
        if (exchange.Protocol != ProtocolName.Http1)
        {
            return exchange.Protocol == ProtocolName.PostgreSql ? DatabaseAttributes.Of(exchange, path) : [];
        }

        ImmutableArray<KeyValuePair<string, object>>.Builder attributes =
            ImmutableArray.CreateBuilder<KeyValuePair<string, object>>(4);
        if (exchange.IsTls)
        {
            attributes.Add(new("tls", true));
        }

        if (exchange.Method != HttpMethodName.None)
        {
            attributes.Add(new("http.request.method", exchange.Method.Text()));
            attributes.Add(new("url.path", Encoding.UTF8.GetString(path)));
        }

        if (exchange.Status > 0)
        {
            attributes.Add(new("http.response.status_code", (long)exchange.Status));
        }

        return attributes.DrainToImmutable();
    }

    /// <summary>What a layer holds besides its children is not known where some of them were not kept.</summary>
    private static ImmutableArray<LayerTime> LayerTimes(ReadOnlySpan<Exchange> items)
    {
        ref readonly Exchange exchange = ref items[0];
        bool isWhole = items.Length == exchange.Descendants + 1;
        ImmutableArray<LayerTime>.Builder layers = ImmutableArray.CreateBuilder<LayerTime>(Layers.SummedCount);
        foreach (LayerPlace place in new LayerWalk(exchange))
        {
            long? ns = place.Evidence == Evidence.Unavailable ? null : place.Ns;
            bool holdsChildren = place.Layer == Layer.App || (place.Layer == Layer.Remote && items.Length > 1);
            long fromNs = exchange.StartNs + place.OffsetNs;
            long? selfNs = holdsChildren && isWhole && ns is { } whole ? whole - Covered(items, fromNs, fromNs + whole) : null;
            layers.Add(new LayerTime(place.Layer, place.OffsetNs, ns, selfNs, place.Evidence));
        }

        return layers.DrainToImmutable();
    }

    /// <summary>How much of a stretch the children cover together: they are sorted by start, and may overlap.</summary>
    private static long Covered(ReadOnlySpan<Exchange> items, long fromNs, long toNs)
    {
        long coveredNs = 0;
        for (int at = 1; at < items.Length; at += items[at].Descendants + 1)
        {
            long startNs = Math.Max(fromNs, items[at].StartNs);
            long endNs = Math.Min(toNs, items[at].EndNs);
            coveredNs += Math.Max(0, endNs - startNs);
            fromNs = Math.Max(fromNs, endNs);
        }

        return coveredNs;
    }

    private static string Endpoint(in Exchange exchange, ReadOnlySpan<byte> address, ushort port) =>
        exchange.IsUnix ? SocketNames.Of(address) : new IPEndPoint(new IPAddress(AddressOf(exchange.Family, address)), port).ToString();

    /// <summary>Four bytes or sixteen. A dual-stack socket speaks IPv4 under a mapped address (RFC 4291, section 2.5.5.2).</summary>
    internal static ReadOnlySpan<byte> AddressOf(ushort family, ReadOnlySpan<byte> address) =>
        family == TurnRecord.Ipv4 ? address[..4] : IsMapped(address) ? address[12..] : address;

    internal static bool IsIpv4(in Exchange exchange) =>
        exchange.Family == TurnRecord.Ipv4 || IsMapped(exchange.RemoteAddr);

    private static bool IsMapped(ReadOnlySpan<byte> address) =>
        BinaryPrimitives.ReadUInt64BigEndian(address) == 0 && BinaryPrimitives.ReadUInt32BigEndian(address[8..]) == 0xffff;
}
