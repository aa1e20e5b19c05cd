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
    public static Trace Build(in Exchange exchange, ReadOnlySpan<byte> path, long realMinusMonotonicNs) => new()
    {
        Id = TraceId.Of(exchange).ToString("x16", CultureInfo.InvariantCulture),
        TraceId = exchange.TraceContext.IsKnown
            ? exchange.TraceContext.High.ToString("x16", CultureInfo.InvariantCulture)
                + exchange.TraceContext.Low.ToString("x16", CultureInfo.InvariantCulture)
            : null,
        Role = Role.Server,
        Protocol = exchange.Protocol.Text(),
        Name = Name(exchange, path),
        StartUnixNs = exchange.StartNs + realMinusMonotonicNs,
        DurationNs = exchange.DurationNs,
        DeliveredNs = exchange.DeliveredNs >= 0 ? exchange.DeliveredNs : null,
        Process = new TraceProcess(exchange.Pid, exchange.Tid, Comm(exchange.Comm), null),
        Connection = new TraceConnection(
            IsIpv4(exchange) ? "ipv4" : "ipv6",
            Endpoint(exchange, exchange.LocalAddr, exchange.LocalPort),
            Endpoint(exchange, exchange.RemoteAddr, exchange.RemotePort)),
        Attributes = Attributes(exchange, path),
        RequestBytes = exchange.RequestBytes,
        ResponseBytes = exchange.ResponseBytes,
        Layers = LayerTimes(exchange),
        Cpu = exchange.OnCpuNs >= 0 ? new CpuTime(exchange.OnCpuNs, exchange.RunnableNs, exchange.BlockedNs) : null,
        Tcp = new TcpState((int)exchange.Retransmits, exchange.SrttUs > 0 ? (int)exchange.SrttUs : null, null),
        Complete = exchange.IsComplete,
        Notes = NoteText.Of(exchange.Notes),
    };

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
            return [];
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

    private static ImmutableArray<LayerTime> LayerTimes(in Exchange exchange)
    {
        ImmutableArray<LayerTime>.Builder layers = ImmutableArray.CreateBuilder<LayerTime>(Layers.SummedCount);
        foreach (LayerPlace place in new LayerWalk(exchange.Layers))
        {
            long? ns = place.Evidence == Evidence.Unavailable ? null : place.Ns;
            layers.Add(new LayerTime(place.Layer, place.OffsetNs, ns, place.Layer == Layer.App ? ns : null, place.Evidence));
        }

        return layers.DrainToImmutable();
    }

    private static string Endpoint(in Exchange exchange, ReadOnlySpan<byte> address, ushort port) =>
        new IPEndPoint(new IPAddress(AddressOf(exchange.Family, address)), port).ToString();

    /// <summary>Four bytes or sixteen. A dual-stack socket speaks IPv4 under a mapped address (RFC 4291, section 2.5.5.2).</summary>
    internal static ReadOnlySpan<byte> AddressOf(ushort family, ReadOnlySpan<byte> address) =>
        family == TurnRecord.Ipv4 ? address[..4] : IsMapped(address) ? address[12..] : address;

    internal static bool IsIpv4(in Exchange exchange) =>
        exchange.Family == TurnRecord.Ipv4 || IsMapped(exchange.RemoteAddr);

    private static bool IsMapped(ReadOnlySpan<byte> address) =>
        BinaryPrimitives.ReadUInt64BigEndian(address) == 0 && BinaryPrimitives.ReadUInt32BigEndian(address[8..]) == 0xffff;
}
